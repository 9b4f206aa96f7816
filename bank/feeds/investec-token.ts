import { CodedError } from '../../domain/errors.ts';
import { readJson, type HttpLimits } from '../http/read-json.ts';
import { field, requiredText } from '../json/fields.ts';
import { isJsonNumber, isJsonObject, type JsonValue } from '../json/json-text.ts';

export interface InvestecCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiKey: string;
}

export interface TokenSource {
  /** A token that is good for at least a minute more, from the cache or from the bank. */
  get(signal: AbortSignal): Promise<string>;
  forget(): void;
}

const SPARE_MS = 60_000;
const LIFE_MAX_S = 24 * 3600;

/** Client-credentials tokens of Investec; they live 30 minutes. */
export function createTokenSource(
  host: URL,
  credentials: InvestecCredentials,
  limits: HttpLimits,
  now: () => number,
): TokenSource {
  let cached: { readonly token: string; readonly staleAtMs: number } | null = null;
  return {
    async get(signal) {
      if (cached !== null && now() < cached.staleAtMs) return cached.token;
      const askedAtMs = now();
      const body = await readJson({
        method: 'POST',
        url: new URL('/identity/v2/oauth2/token', host),
        headers: {
          authorization: `Basic ${Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString('base64')}`,
          'x-api-key': credentials.apiKey,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials',
        signal,
        limits,
      });
      const { token, lifeSeconds } = readToken(body);
      cached = { token, staleAtMs: askedAtMs + lifeSeconds * 1000 - SPARE_MS };
      return token;
    },
    forget() {
      cached = null;
    },
  };
}

function readToken(body: JsonValue): { readonly token: string; readonly lifeSeconds: number } {
  const refuse = (why: string) =>
    new CodedError('bank.bad_response', `The bank's access token is refused: ${why}.`, {
      details: { reason: 'token' },
    });
  if (!isJsonObject(body)) throw refuse('the answer is not an object');
  const token = requiredText(body, 'access_token', refuse);
  if (!/^[\x21-\x7e]{1,8192}$/.test(token)) throw refuse('access_token cannot go into a header');
  // The bank sends `expires_in` as a number or as a string: both are documented.
  const life = field(body, 'expires_in');
  const text = isJsonNumber(life) ? life.value : life;
  if (typeof text !== 'string' || !/^[0-9]{1,6}$/.test(text)) {
    throw refuse('expires_in is not a whole number of seconds');
  }
  return { token, lifeSeconds: Math.min(Number(text), LIFE_MAX_S) };
}
