import type { LocalDate } from '../local-date.ts';
import type { Currency } from '../money/money.ts';

/** A movement on our account: `credit` brings money in. */
export type Direction = 'credit' | 'debit';

/** Anything that is not clearly booked counts as pending: it is shown and never credited. */
export type LineStatus = 'booked' | 'pending';

/** The three ways in which lines reach us. */
export type FeedKind = 'poll' | 'webhook' | 'file';

/**
 * One appearance of a line in one feed, as the bank states it and as every adapter yields it.
 * `amountMinor` is unsigned; `direction` carries the sign.
 */
export interface Sighting {
  /** The bank's own id as written; null when absent or blank. The feed declares whether ids are stable. */
  readonly bankId: string | null;
  readonly bookingDate: LocalDate;
  readonly valueDate: LocalDate | null;
  /** Minor units, ≥ 0. Zero-amount rows are notices of the bank and never post. */
  readonly amountMinor: bigint;
  readonly direction: Direction;
  readonly currency: Currency;
  readonly status: LineStatus;
  /** The bank marks this movement as the reversal of an earlier one. */
  readonly reversal: boolean;
  /** Texts that may hold the payer's reference, most trusted first; empty ones are left out. */
  readonly references: readonly string[];
  /** The bank's own wording. */
  readonly text: string;
  readonly counterparty: { readonly name: string | null; readonly account: string | null };
  /** Account balance after this line, signed minor units; null where the feed does not state it. */
  readonly runningBalanceMinor: bigint | null;
  /** The batch entry that it is a part of: the bank's reference, and the signed total. */
  readonly batch?: { readonly bankId: string | null; readonly amountMinor: bigint };
  /** Its place in the page or file, for messages: `page 2, row 17`. */
  readonly position: string;
}

/** Signed movement in minor units: credits > 0, debits < 0. */
export function signedMinor(sighting: Pick<Sighting, 'amountMinor' | 'direction'>): bigint {
  return sighting.direction === 'credit' ? sighting.amountMinor : -sighting.amountMinor;
}
