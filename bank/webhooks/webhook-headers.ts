import { CodedError } from '../../domain/errors.ts';

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A delivery whose signature held. */
export interface VerifiedDelivery {
  /** Equal on every retry: kept for ever, so that an event counts once. */
  readonly id: string;
  /** When it was sent; null where the scheme does not say. */
  readonly timestamp: Date | null;
}

const TOLERANCE_S = 5 * 60;

/** One value of a header, in any case of letters; null when it is absent or came more than once. */
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
  return new CodedError('webhook.bad_signature', 'The signature of the webhook does not hold.', {
    details: { reason },
  });
}
