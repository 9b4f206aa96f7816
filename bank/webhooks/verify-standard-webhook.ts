import { createHmac, timingSafeEqual } from 'node:crypto';
import { CodedError } from '../../domain/errors.ts';
import {
  readHeader,
  readTimestamp,
  refuseDelivery,
  type VerifiedDelivery,
  type WebhookHeaders,
} from './webhook-headers.ts';

const SIGNATURES_MAX = 20;

/**
 * Verifies a Standard Webhooks delivery (`webhook-*` headers, or Svix's `svix-*`) on the raw bytes, against each currently
 * valid secret. Written on node:crypto: the `standardwebhooks` package signs the body as a decoded string, so that two
 * different invalid bodies share one signature, takes one secret, and reads the clock itself.
 * @param secrets `whsec_` + base64, or the base64 alone; several while a secret is rotated.
 * @returns the delivery's id, equal on every retry, and the time at which it was sent.
 * @throws CodedError `webhook.bad_signature`; `config.invalid` when a secret is not base64.
 */
export function verifyStandardWebhook(delivery: {
  readonly secrets: readonly string[];
  readonly headers: WebhookHeaders;
  readonly rawBody: Buffer;
  readonly now: Date;
}): VerifiedDelivery {
  const keys = delivery.secrets.map(decodeSecret);
  const prefix = readHeader(delivery.headers, 'webhook-id') === null ? 'svix' : 'webhook';
  const id = readHeader(delivery.headers, `${prefix}-id`);
  const seconds = readHeader(delivery.headers, `${prefix}-timestamp`);
  const signatures = readHeader(delivery.headers, `${prefix}-signature`);
  if (id === null || seconds === null || signatures === null)
    throw refuseDelivery('missing_header');
  // A dot would let one signature match a different split of id, timestamp and body.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id)) throw refuseDelivery('bad_id');
  const timestamp = readTimestamp(seconds, delivery.now);

  const candidates = signatures.split(' ').filter((each) => each !== '');
  if (candidates.length > SIGNATURES_MAX) throw refuseDelivery('too_many_signatures');
  const signed = Buffer.concat([Buffer.from(`${id}.${seconds}.`), delivery.rawBody]);
  const expected = keys.map((key) => createHmac('sha256', key).update(signed).digest());
  let matches = 0;
  for (const candidate of candidates) {
    const given = decodeSignature(candidate);
    if (given === null) continue;
    for (const each of expected) {
      if (given.length === each.length && timingSafeEqual(given, each)) matches += 1;
    }
  }
  if (matches === 0) throw refuseDelivery('no_match');
  return { id, timestamp };
}

/** `v1,` + base64 of 32 bytes; null for other schemes, `v1a` (ed25519) say, and for anything unreadable. */
function decodeSignature(text: string): Buffer | null {
  const match = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(text);
  return match?.[1] === undefined ? null : Buffer.from(match[1], 'base64');
}

function decodeSecret(secret: string): Buffer {
  const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  const key = Buffer.from(text, 'base64');
  if (key.length === 0 || key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) {
    throw new CodedError('config.invalid', 'The webhook secret must be whsec_ followed by base64.');
  }
  return key;
}
