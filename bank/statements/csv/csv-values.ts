import { isCoded } from '../../../domain/errors.ts';
import { asLocalDate, daysBetween, type LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money/money.ts';
import { parseMinor } from '../../../domain/money/money-text.ts';
import { unreadable } from '../statement-fault.ts';
import type { CsvDateFormat, CsvProfile } from './csv-profile.ts';

/** English and Afrikaans names, and an abbreviation that is no beginning of one. */
const MONTHS: readonly (readonly string[])[] = [
  ['january', 'januarie'],
  ['february', 'februarie'],
  ['march', 'maart', 'mrt'],
  ['april'],
  ['may', 'mei'],
  ['june', 'junie'],
  ['july', 'julie'],
  ['august', 'augustus'],
  ['september'],
  ['october', 'oktober'],
  ['november'],
  ['december', 'desember'],
];

const PATTERNS: Readonly<Record<CsvDateFormat, RegExp>> = {
  'YYYY-MM-DD': /^(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})$/,
  'YYYY/MM/DD': /^(?<y>[0-9]{4})\/(?<m>[0-9]{2})\/(?<d>[0-9]{2})$/,
  YYYYMMDD: /^(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})$/,
  'DD/MM/YYYY': /^(?<d>[0-9]{1,2})\/(?<m>[0-9]{1,2})\/(?<y>[0-9]{4})$/,
  'DD-MM-YYYY': /^(?<d>[0-9]{1,2})-(?<m>[0-9]{1,2})-(?<y>[0-9]{4})$/,
  'DD/MM/YY': /^(?<d>[0-9]{1,2})\/(?<m>[0-9]{1,2})\/(?<yy>[0-9]{2})$/,
  'MM/DD/YY': /^(?<m>[0-9]{1,2})\/(?<d>[0-9]{1,2})\/(?<yy>[0-9]{2})$/,
  'MM-DD-YYYY': /^(?<m>[0-9]{1,2})-(?<d>[0-9]{1,2})-(?<y>[0-9]{4})$/,
  'MM/DD/YYYY': /^(?<m>[0-9]{1,2})\/(?<d>[0-9]{1,2})\/(?<y>[0-9]{4})$/,
  'DD.MM.YYYY': /^(?<d>[0-9]{1,2})\.(?<m>[0-9]{1,2})\.(?<y>[0-9]{4})$/,
  DDMMMYYYY: /^(?<d>[0-9]{1,2})(?<n>[A-Za-z]{3,4})(?<y>[0-9]{4})$/,
  'DD-MMM-YYYY': /^(?<d>[0-9]{1,2})-(?<n>[A-Za-z]{3,4})-(?<y>[0-9]{4})$/,
  'DD-MMM-YY': /^(?<d>[0-9]{1,2})-(?<n>[A-Za-z]{3,4})-(?<yy>[0-9]{2})$/,
  'DD MMM YYYY': /^(?<d>[0-9]{1,2}) (?<n>[A-Za-z]{3,4}) (?<y>[0-9]{4})$/,
  'DD MMMM YYYY': /^(?<d>[0-9]{1,2}) (?<n>[A-Za-z]{3,9}) (?<y>[0-9]{4})$/,
  'DD MMM': /^(?<d>[0-9]{1,2}) (?<n>[A-Za-z]{3,4})$/,
};

/** A time after a day, such as `9:05` or `T18:20:00`: some banks write it in date columns. */
const TIME_OF_DAY = /(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$/;
/** A day without a year may lie this far outside the statement's period. */
const DAYS_OUTSIDE_MAX = 31;

/** First and last day that the statement states. */
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
  const day = asCsvDay(cell, formats, period);
  if (day !== null) return day;
  throw unreadable(where, `the date is not written as ${formats.join(' or ')}`);
}

/** As {@link readCsvDay}, but null if the cell is not a day. */
export function asCsvDay(
  cell: string,
  formats: readonly CsvDateFormat[],
  period: Period | null,
): LocalDate | null {
  const text = cell.trim().replace(TIME_OF_DAY, '');
  for (const format of formats) {
    const groups = PATTERNS[format].exec(text)?.groups;
    if (groups === undefined) continue;
    const month = groups['m'] ?? monthOf(groups['n'] ?? '') ?? '';
    const rest = `-${month.padStart(2, '0')}-${(groups['d'] ?? '').padStart(2, '0')}`;
    const year = groups['y'] ?? (groups['yy'] === undefined ? null : `20${groups['yy']}`);
    const day = year === null ? inPeriod(rest, period) : asLocalDate(year + rest);
    if (day !== null) return day;
  }
  return null;
}

/** `Nov`, `Sept`, `Okt` and whole names. */
function monthOf(name: string): string | null {
  const begun = name.toLowerCase();
  const index = MONTHS.findIndex((names) => names.some((month) => month.startsWith(begun)));
  return index === -1 || name.length < 3 ? null : String(index + 1);
}

/** Finds the one year that puts a day inside the statement's period, or nearest to it; null if several do. */
function inPeriod(rest: string, period: Period | null): LocalDate | null {
  if (period === null) return null;
  const year = Number(period.to.slice(0, 4));
  const distance = (day: LocalDate) =>
    Math.max(0, daysBetween(day, period.from), daysBetween(period.to, day));
  const [first, second] = [year - 2, year - 1, year, year + 1]
    .flatMap((each) => asLocalDate(`${each}${rest}`) ?? [])
    .map((day) => ({ day, days: distance(day) }))
    .sort((a, b) => a.days - b.days);
  if (first === undefined || first.days > DAYS_OUTSIDE_MAX || second?.days === 0) return null;
  return first.day;
}

/**
 * Reads a signed amount in the profile's style: `-1,189.00`, `( 1,50 )`, `10.00 CR`, `5.00-`, `R 12.00`; null for an empty cell.
 * @throws CodedError `statement.unreadable`, also where two marks give the direction: they may disagree
 */
export function readCsvAmount(
  cell: string,
  profile: Pick<CsvProfile, 'decimalMark' | 'thousandsMark'>,
  currency: Currency,
  where: string,
): bigint | null {
  const text = cell
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .replaceAll('\u2212', '-')
    .trim();
  if (text === '') return null;
  const { sign, digits } = readSign(text, currency, where);
  const { decimalMark, thousandsMark } = profile;
  const style = thousandsMark === undefined ? { decimalMark } : { decimalMark, thousandsMark };
  try {
    return sign * parseMinor(digits, currency, style);
  } catch (error) {
    if (isCoded(error, 'money.unreadable'))
      throw unreadable(where, "the amount does not match the profile's format");
    throw error;
  }
}

const SIGN_MARKS: readonly (readonly [RegExp, 1n | -1n])[] = [
  [/^\((.*)\)$/, -1n],
  [/^(.*)CR$/i, 1n],
  [/^(.*)DR$/i, -1n],
  [/^CR(.*)$/i, 1n],
  [/^DR(.*)$/i, -1n],
  [/^(.*)-$/, -1n],
  [/^-(.*)$/, -1n],
  [/^\+(.*)$/, 1n],
];

/** Removes the one sign and the currency around an amount, in either order. */
function readSign(
  text: string,
  currency: Currency,
  where: string,
): { readonly sign: bigint; readonly digits: string } {
  let sign: bigint | null = null;
  let digits = text;
  for (;;) {
    const bare = withoutCurrency(digits, currency);
    const mark = SIGN_MARKS.map(([pattern, value]) => ({ inner: pattern.exec(bare)?.[1], value }))
      .flatMap(({ inner, value }) => (inner === undefined ? [] : [{ inner, value }]))
      .at(0);
    digits = bare;
    if (mark === undefined) return { sign: sign ?? 1n, digits };
    if (sign !== null) throw unreadable(where, 'the amount has two signs');
    sign = mark.value;
    digits = mark.inner.trim();
  }
}

/** Signs beside the digits, longest first; a sign of another currency stays, and refuses the amount. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  ZAR: ['R'],
  GBP: ['£'],
  EUR: ['€'],
  USD: ['US$', '$'],
};

/** Removes the code or the sign of the currency, before or after the digits. */
function withoutCurrency(text: string, currency: Currency): string {
  for (const name of [currency, ...(SIGNS[currency] ?? [])]) {
    if (text.startsWith(name)) return text.slice(name.length).trim();
    if (name !== 'R' && text.endsWith(name)) return text.slice(0, -name.length).trim();
  }
  return text;
}
