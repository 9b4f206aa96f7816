import { isCoded } from '../../../domain/errors.ts';
import { asLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import { currencyExponent, type Currency } from '../../../domain/money/money.ts';
import { parseMinor, type DecimalStyle } from '../../../domain/money/money-text.ts';
import { unreadable } from '../statement-fault.ts';

/**
 * Reads an amount with a point or comma as its decimal mark. Thousands marks violate the specification but occur: blanks and
 * apostrophes always are, and so is the first of a point and a comma when both appear. `1,000` alone is ambiguous (a
 * thousand or one), so it is refused.
 */
export function readOfxAmount(text: string, currency: Currency, where: string): bigint {
  const plain = text
    .trim()
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/\u2019/g, "'");
  if (/^[+-]?[1-9][0-9]{0,2},[0-9]{3}$/.test(plain) && currencyExponent(currency) !== 3)
    throw unreadable(where, 'its comma is ambiguous: a decimal mark or a thousands mark');
  try {
    return parseMinor(plain, currency, styleOf(plain));
  } catch (error) {
    if (isCoded(error, 'money.unreadable'))
      throw unreadable(where, `the amount is not a plain amount in ${currency}`);
    throw error;
  }
}

/** Reads a balance, which some banks write with a currency sign; null if blank. */
export function readOfxBalance(text: string, currency: Currency, where: string): bigint | null {
  const plain = text.trim().replace(/^(?:[A-Z]{0,2}[$€£]|[A-Z]{3})\s*/, '');
  return plain === '' ? null : readOfxAmount(plain, currency, where);
}

function styleOf(text: string): DecimalStyle {
  const [point, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')];
  if (point !== -1 && comma !== -1)
    return point > comma
      ? { decimalMark: '.', thousandsMark: ',' }
      : { decimalMark: ',', thousandsMark: '.' };
  const decimalMark = comma === -1 ? '.' : ',';
  const thousandsMark = ([' ', "'"] as const).find((mark) => text.includes(mark));
  return thousandsMark === undefined ? { decimalMark } : { decimalMark, thousandsMark };
}

/** Reads the day of `20160813120000.000[+2:SAST]` as written: the bank's own day. */
export function readOfxDay(
  text: string,
  where: string,
): { readonly day: LocalDate; readonly isMidnight: boolean } {
  const match =
    /^([0-9]{4})([0-9]{2})([0-9]{2})((?:[0-9]{4}(?:[0-9]{2})?)?)(?:\.[0-9]{1,6})?(?:\s?\[[^\]]{0,20}\])?$/.exec(
      text.trim(),
    );
  const day = match === null ? null : asLocalDate(`${match[1]}-${match[2]}-${match[3]}`);
  if (day === null) throw unreadable(where, 'the date is not YYYYMMDD with an optional time');
  return { day, isMidnight: /^0*$/.test(match?.[4] ?? '') };
}
