import { CodedError, isCoded } from '../../domain/errors.ts';
import type { HttpLimits } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { field, requiredText } from '../json/fields.ts';
import { isJsonNumber, isJsonObject, type JsonValue } from '../json/json-text.ts';

/** Token request for client credentials (OAuth 2): a posted form. */
export interface TokenRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

interface TokenOptions {
  readonly limits: HttpLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const SPARE_MS = 60_000;
const LIFE_MAX_S = 24 * 3600;

/** Runs a request with a valid token. */
export type AskWithToken = <Answer>(
  ask: (token: string) => Promise<Answer>,
  signal: AbortSignal,
) => Promise<Answer>;

/**
 * Keeps one access token until a minute before it expires, or for half its life where that is short. A token may be revoked
 * early, so a 401 leads to one new token and one retry.
 */
export function createTokenSource(request: TokenRequest, options: TokenOptions): AskWithToken {
  let cached: { readonly token: string; readonly staleAtMs: number } | null = null;

  async function tokenFor(signal: AbortSignal): Promise<string> {
    if (cached !== null && options.now() < cached.staleAtMs) return cached.token;
    const askedAtMs = options.now();
    const { token, lifeSeconds } = readToken(await askForToken(request, options.limits, signal));
    const lifeMs = lifeSeconds * 1000;
    cached = { token, staleAtMs: askedAtMs + lifeMs - Math.min(SPARE_MS, lifeMs / 2) };
    return token;
  }

  return async (ask, signal) => {
    const token = await tokenFor(signal);
    try {
      return await ask(token);
    } catch (error) {
      if (!isCoded(error, 'bank.unauthorized') || error.details['status'] !== 401) throw error;
      cached = null;
      return ask(await tokenFor(signal));
    }
  };
}

async function askForToken(
  { url, headers, form }: TokenRequest,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<JsonValue> {
  try {
    return await readJson({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      signal,
      limits,
    });
  } catch (error) {
    if (!isCoded(error, 'bank.bad_response') || error.details['status'] !== 400) throw error;
    // OAuth's response for an unknown client, or for a client without the requested scope.
    throw new CodedError(
      'bank.unauthorized',
      'The bank refused to issue an access token (HTTP 400).',
      {
        details: { status: 400 },
      },
    );
  }
}

function readToken(body: JsonValue): { readonly token: string; readonly lifeSeconds: number } {
  const refuse = (why: string) =>
    new CodedError('bank.bad_response', `The bank's token response is invalid: ${why}.`, {
      details: { reason: 'token' },
    });
  if (!isJsonObject(body)) throw refuse('the response is not an object');
  const token = requiredText(body, 'access_token', refuse);
  if (!/^[\x21-\x7e]{1,8192}$/.test(token)) throw refuse('access_token cannot go into a header');
  // Banks send `expires_in` as a number or as a string: Investec documents both.
  const life = field(body, 'expires_in');
  const text = isJsonNumber(life) ? life.value : life;
  if (typeof text !== 'string' || !/^[0-9]{1,10}$/.test(text)) {
    throw refuse('expires_in is not a whole number of seconds');
  }
  return { token, lifeSeconds: Math.min(Number(text), LIFE_MAX_S) };
}
