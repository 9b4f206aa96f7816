import { request } from 'undici';
import { CodedError, isCoded } from '../../domain/errors.ts';
import { TRIAL_ADDRESSES, type AddressRule } from './address-rule.ts';
import { guardedAgent, requireBankUrl } from './guarded-agent.ts';
import { readRetryAfterMs } from './retry-after.ts';

export interface HttpLimits {
  /** Limit for one exchange, from connecting to the last byte. */
  readonly deadlineMs: number;
  /** Limit for all pages of one window, tokens and repeated passes included. */
  readonly totalMs: number;
  readonly bodyBytesMax: number;
  /** Where the bank may be. */
  readonly addresses: AddressRule;
}

/** The total stays below the activity timeout, so that the error names the slow bank. */
export const HTTP_LIMITS: HttpLimits = {
  deadlineMs: 20_000,
  totalMs: 120_000,
  bodyBytesMax: 16 * 1024 * 1024,
  addresses: TRIAL_ADDRESSES,
};

const DEADLINE = 'deadline';

/** Kinds of body that banks send; each caller says which it can read. */
export type Media = 'json' | 'xml' | 'text';

const MEDIA: Readonly<Record<Media, RegExp>> = {
  json: /^application\/(?:json|[a-z0-9.-]+\+json)$/,
  xml: /^(?:application|text)\/(?:xml|[a-z0-9.-]+\+xml)$/,
  text: /^text\/plain$/,
};

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

export interface BankAnswer {
  readonly media: Media;
  readonly bytes: Uint8Array;
}

interface Answer extends BankAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
}

/**
 * One bounded HTTP exchange that returns a whole body of an accepted kind. It follows no redirects and decompresses nothing.
 * Messages and details name the kind of fault, never the address, a header or part of the body. The network error is not
 * kept as `cause`, since undici's errors may carry raw bytes of a response. An abort by the caller throws the caller's own
 * reason.
 * @throws CodedError `bank.unauthorized` (401, 403) · `bank.rate_limited` (429, details.retryAfterMs) · `bank.unavailable`
 * (408, 5xx, network, deadline; details.retryAfterMs where the bank names a time) · `bank.bad_response` (any other answer)
 * · `config.invalid` (no bank may be at that address)
 */
export async function askBank(exchange: Exchange, accepts: readonly Media[]): Promise<BankAnswer> {
  const answer = await askWithDeadline(exchange, accepts);
  if (answer.status !== 200) throw refuseStatus(answer);
  return { media: answer.media, bytes: answer.bytes };
}

async function askWithDeadline(exchange: Exchange, accepts: readonly Media[]): Promise<Answer> {
  const { signal, limits } = exchange;
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => {
    stop.abort();
  };
  const timer = setTimeout(() => {
    stop.abort(DEADLINE);
  }, limits.deadlineMs);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await ask(exchange, accepts, stop.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isCoded(error)) throw error;
    const late = stop.signal.reason === DEADLINE;
    throw new CodedError(
      'bank.unavailable',
      late
        ? `The bank did not answer in full within ${limits.deadlineMs} ms.`
        : 'The connection to the bank failed.',
      { details: { reason: late ? DEADLINE : networkReason(error) } },
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

async function ask(
  exchange: Exchange,
  accepts: readonly Media[],
  signal: AbortSignal,
): Promise<Answer> {
  const { limits } = exchange;
  requireBankUrl(exchange.url, limits.addresses);
  const response = await request(exchange.url, {
    dispatcher: guardedAgent(limits.addresses),
    method: exchange.method,
    headers: { accept: acceptHeader(accepts), 'accept-encoding': 'identity', ...exchange.headers },
    body: exchange.body ?? null,
    signal,
    headersTimeout: limits.deadlineMs,
    bodyTimeout: limits.deadlineMs,
  });
  const header = (name: string): string | null => {
    const value = response.headers[name];
    return typeof value === 'string' ? value : (value?.join(', ') ?? null);
  };
  try {
    if (response.statusCode !== 200)
      return { status: response.statusCode, header, media: 'text', bytes: Buffer.alloc(0) };
    const media = acceptedMedia(header, accepts);
    return {
      status: 200,
      header,
      media,
      bytes: await readBody(response.body, header, limits.bodyBytesMax),
    };
  } finally {
    // Closing the connection drops the unread rest. Destroying a body also emits an abort error, which needs a listener.
    response.body.on('error', () => undefined);
    response.body.destroy();
  }
}

function acceptHeader(accepts: readonly Media[]): string {
  const names = { json: 'application/json', xml: 'application/xml', text: 'text/plain' };
  return accepts.map((media) => names[media]).join(', ');
}

function acceptedMedia(header: Answer['header'], accepts: readonly Media[]): Media {
  const [kind = '', ...parameters] = (header('content-type') ?? '').toLowerCase().split(';');
  const media = accepts.find((each) => MEDIA[each].test(kind.trim()));
  if (media === undefined) {
    throw badResponse(
      accepts.length === 1 && accepts[0] === 'json'
        ? "The bank's response is not JSON."
        : "The content type of the bank's response is not supported.",
      'content_type',
    );
  }
  // XML names its own encoding, and old statement formats have theirs: only JSON is always UTF-8.
  for (const parameter of media === 'json' ? parameters : []) {
    const [name = '', value = ''] = parameter.trim().split('=');
    if (name === 'charset' && !/^"?utf-?8"?$/.test(value)) {
      throw badResponse("The bank's response is not in UTF-8.", 'charset');
    }
  }
  const encoding = header('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw badResponse(
      'The bank compressed its response although Purser asked for plain bytes.',
      'content_encoding',
    );
  }
  return media;
}

async function readBody(
  body: AsyncIterable<Uint8Array>,
  header: Answer['header'],
  bytesMax: number,
): Promise<Uint8Array> {
  const tooLarge = () =>
    badResponse(`The bank's response exceeds ${bytesMax} bytes.`, 'body_too_large');
  if (Number(header('content-length') ?? '0') > bytesMax) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refuseStatus({ status, header }: Answer): CodedError {
  const details = { status };
  if (status === 401 || status === 403) {
    return new CodedError(
      'bank.unauthorized',
      `The bank rejected the credentials (HTTP ${status}).`,
      { details },
    );
  }
  const retryAfter = header('retry-after');
  const retryAfterMs = readRetryAfterMs(retryAfter, header('date'), new Date());
  if (status === 429) {
    return new CodedError(
      'bank.rate_limited',
      `The bank limits the rate of requests: retry in ${retryAfterMs} ms.`,
      {
        details: { status, retryAfterMs },
      },
    );
  }
  if (status === 408 || status >= 500) {
    return new CodedError('bank.unavailable', `The bank's server failed (HTTP ${status}).`, {
      details: retryAfter === null ? details : { status, retryAfterMs },
    });
  }
  return new CodedError(
    'bank.bad_response',
    `The bank returned an unexpected HTTP status (${status}).`,
    {
      details,
    },
  );
}

export function badResponse(message: string, reason: string): CodedError {
  return new CodedError('bank.bad_response', message, { details: { reason } });
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET` and similar codes; free text is not passed on. */
function networkReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'network';
}
