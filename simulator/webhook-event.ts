import { createHash, createHmac } from 'node:crypto';
import type { BankLine } from './line.ts';
import type { Options } from './options.ts';
import type { SimulatorSettings } from './settings.ts';
import { eventText, type EventKind } from './transaction-text.ts';

/**
 * `body`: changed after signing; `signature`: one character wrong; `stale`: signed correctly, ten minutes ago;
 * `resigned-body`: another body under the same id, signed correctly.
 */
type Tamper = 'none' | 'body' | 'signature' | 'stale' | 'resigned-body';

export interface Signing {
  readonly tamper: Tamper;
  /** Age of the signed timestamp in seconds; negative means the future. */
  readonly ageSeconds: number;
  readonly kind: EventKind;
}

interface SignedEvent {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The signed event of one line. Its id derives from the line and its content, so every try has the same id. */
export function signEvent(
  settings: SimulatorSettings,
  options: Options,
  line: BankLine,
  { tamper, ageSeconds, kind }: Signing,
): SignedEvent {
  const age = tamper === 'stale' ? 600 : ageSeconds;
  const timestamp = (Math.floor(settings.now().getTime() / 1_000) - age).toString();
  const textOf = (its: BankLine) => eventText(settings.accountId, its, kind, options.jsonDialect);
  const trueBody = textOf(line);
  const id = `msg_${line.key}_${createHash('sha256').update(trueBody).digest('hex').slice(0, 12)}`;
  const otherBody = textOf({
    ...line,
    key: `${line.key}X`,
    amountMinor: line.amountMinor + 100_000n,
  });
  const signedBody = tamper === 'resigned-body' ? otherBody : trueBody;
  const sign = options.webhookSignature === 'hex' ? hexHeaders : standardHeaders;
  const headers = sign(settings, options, { id, timestamp, body: signedBody });
  return {
    id,
    body: tamper === 'body' ? otherBody : signedBody,
    headers: {
      'content-type': 'application/json',
      ...(tamper === 'signature' ? spoilt(headers) : headers),
    },
  };
}

interface Signable {
  readonly id: string;
  readonly timestamp: string;
  readonly body: string;
}

function standardHeaders(
  { webhookSecret }: SimulatorSettings,
  _options: Options,
  { id, timestamp, body }: Signable,
): Record<string, string> {
  const key = Buffer.from((webhookSecret ?? '').replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  };
}

/** The secret's text is the key; there is no id. */
function hexHeaders(
  { webhookSecret }: SimulatorSettings,
  { webhookHexHeader, webhookHexTimestampHeader, webhookHexPrefix }: Options,
  { timestamp, body }: Signable,
): Record<string, string> {
  const signed = webhookHexTimestampHeader === null ? body : `${timestamp}.${body}`;
  const mac = createHmac('sha256', webhookSecret ?? '')
    .update(signed)
    .digest('hex');
  const time = webhookHexTimestampHeader === null ? {} : { [webhookHexTimestampHeader]: timestamp };
  return { ...time, [webhookHexHeader]: `${webhookHexPrefix}${mac}` };
}

/** Changes a character in the last header, the signature: not the last one, whose bits base64 may leave unused. */
function spoilt(headers: Record<string, string>): Record<string, string> {
  const [name, signature] = Object.entries(headers).at(-1) ?? ['', ''];
  const at = signature.length - 10;
  const other = signature[at] === 'a' ? 'b' : 'a';
  return { ...headers, [name]: signature.slice(0, at) + other + signature.slice(at + 1) };
}
