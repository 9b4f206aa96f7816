import { isCoded } from '../../../domain/errors.ts';
import { asLocalDate, daysBetween, type LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money.ts';
import { parseMinor } from '../../../domain/money-text.ts';
import { unreadable } from '../statement-fault.ts';
import type { CsvDateFormat, CsvProfile } from './csv-profile.ts';

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const PATTERNS: Readonly<Record<CsvDateFormat, RegExp>> = {
  'YYYY-MM-DD': /^(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})$/,
  'YYYY/MM/DD': /^(?<y>[0-9]{4})\/(?<m>[0-9]{2})\/(?<d>[0-9]{2})$/,
  YYYYMMDD: /^(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})$/,
  'DD/MM/YYYY': /^(?<d>[0-9]{1,2})\/(?<m>[0-9]{1,2})\/(?<y>[0-9]{4})$/,
  'DD-MM-YYYY': /^(?<d>[0-9]{1,2})-(?<m>[0-9]{1,2})-(?<y>[0-9]{4})$/,
  'MM/DD/YYYY': /^(?<m>[0-9]{1,2})\/(?<d>[0-9]{1,2})\/(?<y>[0-9]{4})$/,
  'DD.MM.YYYY': /^(?<d>[0-9]{1,2})\.(?<m>[0-9]{1,2})\.(?<y>[0-9]{4})$/,
  DDMMMYYYY: /^(?<d>[0-9]{2})(?<n>[A-Za-z]{3})(?<y>[0-9]{4})$/,
  'DD MMM YYYY': /^(?<d>[0-9]{1,2}) (?<n>[A-Za-z]{3}) (?<y>[0-9]{4})$/,
  'DD MMMM YYYY': /^(?<d>[0-9]{1,2}) (?<n>[A-Za-z]{4,9}) (?<y>[0-9]{4})$/,
  'DD MMM': /^(?<d>[0-9]{1,2}) (?<n>[A-Za-z]{3})$/,
};

/** First and last day of the statement, where it states them. */
export interface Period {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** Reads a day in one of the profile's formats. @throws CodedError `statement.unreadable` for anything else. */
export function readCsvDay(
  cell: string,
  formats: readonly CsvDateFormat[],
  period: Period | null,
  where: string,
): LocalDate {
  for (const format of formats) {
    const groups = PATTERNS[format].exec(cell.trim())?.groups;
    if (groups === undefined) continue;
    const month = groups['m'] ?? monthOf(groups['n'] ?? '');
    const rest = `-${(month ?? '').padStart(2, '0')}-${(groups['d'] ?? '').padStart(2, '0')}`;
    const day =
      groups['y'] === undefined ? inPeriod(rest, period) : asLocalDate(groups['y'] + rest);
    if (day !== null) return day;
  }
  throw unreadable(where, `the date is not written as ${formats.join(' or ')}`);
}

function monthOf(name: string): string | null {
  const index = MONTHS.findIndex((month) =>
    name.length === 3 ? month.startsWith(name.toLowerCase()) : month === name.toLowerCase(),
  );
  return index === -1 ? null : String(index + 1);
}

/** A day without a year is in the year that brings it into the statement's period, or nearest to its end. */
function inPeriod(rest: string, period: Period | null): LocalDate | null {
  if (period === null) return null;
  const year = Number(period.to.slice(0, 4));
  const days = [year - 1, year, year + 1].flatMap((each) => asLocalDate(`${each}${rest}`) ?? []);
  const distance = (day: LocalDate) =>
    day >= period.from && day <= period.to ? 0 : Math.abs(daysBetween(period.to, day));
  return days.reduce<LocalDate | null>(
    (best, day) => (best === null || distance(day) < distance(best) ? day : best),
    null,
  );
}

/**
 * Reads a signed amount in the profile's style: `-1,189.00`, `( 1,50 )`, `10.00 CR`, `+5.00`; null for an empty cell.
 * @throws CodedError `statement.unreadable`
 */
export function readCsvAmount(
  cell: string,
  profile: Pick<CsvProfile, 'decimalMark' | 'thousandsMark'>,
  currency: Currency,
  where: string,
): bigint | null {
  let text = cell.trim();
  if (text === '') return null;
  let sign = 1n;
  const brackets = /^\(\s*(.*?)\s*\)$/.exec(text);
  const marked = /^(.*?)\s*(CR|DR|Cr|Dr)$/.exec(text) ?? /^(?:(CR|DR|Cr|Dr))\s*(.*)$/.exec(text);
  if (brackets !== null) [text, sign] = [brackets[1] ?? '', -1n];
  else if (marked !== null) {
    const mark = [marked[1], marked[2]].find((part) => /^[CD]R$/i.test(part ?? '')) ?? '';
    text = text.replace(/^(?:CR|DR)\s*|\s*(?:CR|DR)$/gi, '');
    sign = mark.toUpperCase() === 'DR' ? -1n : 1n;
  } else if (/^[0-9., ']+-$/.test(text)) [text, sign] = [text.slice(0, -1), -1n];
  text = text.replace(/^([+-]?)\s*R?\s*(?=[0-9])/, '$1');
  if (sign === -1n && /^[+-]/.test(text)) throw unreadable(where, 'the amount has two signs');
  try {
    const style =
      profile.thousandsMark === undefined
        ? { decimalMark: profile.decimalMark }
        : { decimalMark: profile.decimalMark, thousandsMark: profile.thousandsMark };
    return sign * parseMinor(text, currency, style);
  } catch (error) {
    if (isCoded(error, 'money.unreadable'))
      throw unreadable(where, 'the amount is not written in the way of this profile');
    throw error;
  }
}
