import { CodedError } from '../errors.ts';
import { invariant } from '../invariant.ts';
import type { LocalDate } from '../local-date.ts';
import { divideFloor } from './money.ts';

/** The price of one credit in rand cents, for lines booked from `effectiveFrom` until the next rate. */
export interface Rate {
  /** Stored with each journal, so that a credit can be explained years later. */
  readonly version: number;
  readonly minorPerCredit: bigint;
  readonly effectiveFrom: LocalDate;
}

/** How one deposit splits: `amount = prepaidMinor + (remainderMinor − remainder before)`, to the cent. */
export interface CreditQuote {
  readonly credits: bigint;
  /** The wallet's remainder after the deposit, minor units, `0 ≤ remainderMinor < minorPerCredit`. */
  readonly remainderMinor: bigint;
  /** Rand value of the granted credits: `credits × minorPerCredit`. */
  readonly prepaidMinor: bigint;
}

/**
 * The rate in force on a booking date: the latest that took effect by then and, of two from the same day, the one
 * with the higher version. The order of `rates` does not matter.
 * @throws CodedError `rate.missing` when none had taken effect.
 */
export function rateOn(rates: readonly Rate[], date: LocalDate): Rate {
  const found = rates
    .filter((rate) => rate.effectiveFrom <= date)
    .reduce<Rate | null>(
      (best, rate) => (best === null || isLater(rate, best) ? rate : best),
      null,
    );
  if (found === null) {
    throw new CodedError(
      'rate.missing',
      `No rate is in force on ${date}: add one that takes effect on that day or before.`,
      { details: { date } },
    );
  }
  return found;
}

function isLater(rate: Rate, other: Rate): boolean {
  return rate.effectiveFrom === other.effectiveFrom
    ? rate.version > other.version
    : rate.effectiveFrom > other.effectiveFrom;
}

/**
 * Splits a deposit for a wallet that carries `remainderMinor` into whole credits and the rest to carry. The remainder is in
 * cents and has no rate, so after a rate change it may be worth a whole credit or more, and converts with this deposit;
 * credits granted earlier are never revalued.
 * @param amountMinor minor units, > 0. @param remainderMinor minor units, ≥ 0.
 */
export function quoteCredits(amountMinor: bigint, remainderMinor: bigint, rate: Rate): CreditQuote {
  invariant(amountMinor > 0n, 'A deposit that is credited has an amount above zero.');
  invariant(remainderMinor >= 0n, 'The remainder of a wallet is never below zero.');
  const { quotient, remainder } = divideFloor(remainderMinor + amountMinor, rate.minorPerCredit);
  return {
    credits: quotient,
    remainderMinor: remainder,
    prepaidMinor: quotient * rate.minorPerCredit,
  };
}
