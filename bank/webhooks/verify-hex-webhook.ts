import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import {
  readHeader,
  readTimestamp,
  refuseDelivery,
  type VerifiedDelivery,
  type WebhookHeaders,
} from './webhook-headers.ts';

const SIGNATURES_MAX = 20;

/** Headers of such a bank, in lower case. */
export interface HexScheme {
  readonly signatureHeader: string;
  /** Null where the bank does not sign the time. */
  readonly timestampHeader: string | null;
}

/**
 * Verifies a delivery signed by HMAC-SHA256 in hex digits over the raw body or, where the bank signs the time too, over
 * `timestamp.body`, against each currently valid secret. The signature may begin with `sha256=`. Such deliveries carry no
 * id, so a hash of the body serves as one: a retry has the same body, whatever its time. Two events with identical bytes
 * count as one, and the poll finds the second line.
 * @param secrets the secret's text, whose bytes are the key
 * @throws CodedError `webhook.bad_signature`
 */
export function verifyHexWebhook(
  delivery: {
    readonly secrets: readonly string[];
    readonly headers: WebhookHeaders;
    readonly rawBody: Buffer;
    readonly now: Date;
  },
  { signatureHeader, timestampHeader }: HexScheme,
): VerifiedDelivery {
  const signatures = readHeader(delivery.headers, signatureHeader);
  const seconds = timestampHeader === null ? null : readHeader(delivery.headers, timestampHeader);
  if (signatures === null || (timestampHeader !== null && seconds === null)) {
    throw refuseDelivery('missing_header');
  }
  const timestamp = seconds === null ? null : readTimestamp(seconds, delivery.now);
  const candidates = signatures.split(/[ ,]+/).filter((each) => each !== '');
  if (candidates.length > SIGNATURES_MAX) throw refuseDelivery('too_many_signatures');
  const signed =
    seconds === null
      ? delivery.rawBody
      : Buffer.concat([Buffer.from(`${seconds}.`), delivery.rawBody]);
  const expected = delivery.secrets.map((secret) =>
    createHmac('sha256', secret).update(signed).digest(),
  );
  let matches = 0;
  for (const candidate of candidates) {
    const given = decodeSignature(candidate);
    if (given === null) continue;
    for (const each of expected) if (timingSafeEqual(given, each)) matches += 1;
  }
  if (matches === 0) throw refuseDelivery('no_match');
  const digest = createHash('sha256').update(delivery.rawBody).digest('hex');
  return { id: `sha256:${digest}`, timestamp };
}

/** 32 bytes in hex digits of either case; null for anything else. */
function decodeSignature(text: string): Buffer | null {
  const match = /^(?:sha256=)?([0-9a-fA-F]{64})$/.exec(text);
  return match?.[1] === undefined ? null : Buffer.from(match[1], 'hex');
}
