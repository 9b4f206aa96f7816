import { CodedError } from '../../domain/errors.ts';

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A delivery with a valid signature. */
export interface VerifiedDelivery {
  /** Equal on every retry and kept permanently, so that an event counts once. */
  readonly id: string;
  /** Time of sending; null where the scheme has none. */
  readonly timestamp: Date | null;
}

const TOLERANCE_S = 5 * 60;

/** The value of a header, whatever its letter case; null when absent or repeated. */
export function readHeader(headers: WebhookHeaders, name: string): string | null {
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
  const [only] = values;
  return values.length === 1 && only !== undefined && only !== '' ? only : null;
}

/** Seconds since 1970, as digits, no more than five minutes from `now`. @throws CodedError `webhook.bad_signature` */
export function readTimestamp(seconds: string, now: Date): Date {
  if (!/^[0-9]{1,11}$/.test(seconds)) throw refuseDelivery('bad_timestamp');
  const sentAt = new Date(Number(seconds) * 1000);
  if (Math.abs(now.getTime() - sentAt.getTime()) > TOLERANCE_S * 1000) {
    throw refuseDelivery('stale');
  }
  return sentAt;
}

export function refuseDelivery(reason: string): CodedError {
  return new CodedError('webhook.bad_signature', 'The webhook signature is invalid.', {
    details: { reason },
  });
}
