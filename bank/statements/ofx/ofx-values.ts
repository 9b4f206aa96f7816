import { isCoded } from '../../../domain/errors.ts';
import { asLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money.ts';
import { parseMinor, type DecimalStyle } from '../../../domain/money-text.ts';
import { unreadable } from '../statement-fault.ts';

/**
 * Reads an amount with a point or comma as its decimal mark. Thousands marks are against the specification and occur: they
 * are taken where both marks are there, and a single one is the decimal mark.
 */
export function readOfxAmount(text: string, currency: Currency, where: string): bigint {
  try {
    return parseMinor(text.trim(), currency, styleOf(text));
  } catch (error) {
    if (isCoded(error, 'money.unreadable'))
      throw unreadable(where, `the amount is no plain amount in ${currency}`);
    throw error;
  }
}

function styleOf(text: string): DecimalStyle {
  const [point, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')];
  if (point !== -1 && comma !== -1)
    return point > comma
      ? { decimalMark: '.', thousandsMark: ',' }
      : { decimalMark: ',', thousandsMark: '.' };
  return { decimalMark: comma === -1 ? '.' : ',' };
}

/** Reads the day of `20160813120000.000[+2:SAST]` as it is written: the bank's own day. */
export function readOfxDay(
  text: string,
  where: string,
): { readonly day: LocalDate; readonly isMidnight: boolean } {
  const match =
    /^([0-9]{4})([0-9]{2})([0-9]{2})((?:[0-9]{4}(?:[0-9]{2})?)?)(?:\.[0-9]{1,6})?(?:\s?\[[^\]]{1,20}\])?$/.exec(
      text.trim(),
    );
  const day = match === null ? null : asLocalDate(`${match[1]}-${match[2]}-${match[3]}`);
  if (day === null) throw unreadable(where, 'the date is not YYYYMMDD with an optional time');
  return { day, isMidnight: /^0*$/.test(match?.[4] ?? '') };
}
