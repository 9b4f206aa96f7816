import { CodedError } from '../errors.ts';
import { invariant } from '../invariant.ts';

/** ISO 4217 code, upper case. */
export type Currency = string & { readonly __brand: 'Currency' };

/** The currency of every wallet. */
export const ZAR = parseCurrency('ZAR');

/** No single amount is larger than this many minor units (R100 billion). */
export const AMOUNT_MINOR_MAX = 10n ** 13n;

const EXPONENT_0 = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
);
const EXPONENT_3 = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
const EXPONENT_4 = new Set('CLF UYW'.split(' '));

/** Reads a currency code. @throws CodedError `money.unreadable` unless it is three capital letters. */
export function parseCurrency(text: string): Currency {
  if (!/^[A-Z]{3}$/.test(text)) {
    throw new CodedError(
      'money.unreadable',
      `Unreadable currency: expected three capital letters.`,
    );
  }
  return text as Currency;
}

/** Number of decimals of a currency's minor unit, as ISO 4217 lists it; 2 for codes not listed here. */
export function currencyExponent(currency: Currency): number {
  if (EXPONENT_0.has(currency)) return 0;
  if (EXPONENT_3.has(currency)) return 3;
  if (EXPONENT_4.has(currency)) return 4;
  return 2;
}

/**
 * Floor division that keeps the remainder: `dividend = quotient × divisor + remainder`, `0 ≤ remainder < divisor`,
 * also for a negative dividend.
 */
export function divideFloor(
  dividend: bigint,
  divisor: bigint,
): { readonly quotient: bigint; readonly remainder: bigint } {
  invariant(divisor > 0n, `divideFloor needs a positive divisor, found ${divisor.toString()}.`);
  const truncated = dividend / divisor;
  const rest = dividend % divisor;
  return rest < 0n
    ? { quotient: truncated - 1n, remainder: rest + divisor }
    : { quotient: truncated, remainder: rest };
}
