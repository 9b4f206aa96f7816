import { isCoded } from '../../../domain/errors.ts';
import { asLocalDate, daysBetween, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money/money.ts';
import { parseMinor } from '../../../domain/money/money-text.ts';
import { unreadable } from '../statement-fault.ts';

/** Place of a value, for messages; its text is built only when a message needs it. */
export interface Mt940Place {
  readonly tag: string;
  /** Line number of the field's first line. */
  readonly number: number;
}

/** `line 12, field 61` */
export function whereOf({ tag, number }: Mt940Place): string {
  return `line ${number}, field ${tag}`;
}

/**
 * Reads `1234,56`. Pads a short or empty fraction, and accepts a decimal point, leading zeros, or no digit before the mark.
 */
export function readAmount(text: string, currency: Currency, at: Mt940Place): bigint {
  const match = /^0*([0-9]{0,15})([,.])([0-9]*)$/.exec(text);
  if (match === null || !/[0-9]/.test(text))
    throw unreadable(whereOf(at), 'the amount is not digits with one comma or decimal point');
  const [, whole = '', mark = '', fraction = ''] = match;
  try {
    return parseMinor(`${whole === '' ? '0' : whole}${mark}${fraction}`, currency, {
      decimalMark: mark === ',' ? ',' : '.',
    });
  } catch (error) {
    if (isCoded(error, 'money.unreadable'))
      throw unreadable(whereOf(at), `the amount is not valid in ${currency}`);
    throw error;
  }
}

export function readCurrencyCode(text: string, at: Mt940Place): Currency {
  if (!/^[A-Z]{3}$/.test(text))
    throw unreadable(whereOf(at), 'the currency is not three capital letters');
  return parseCurrency(text);
}

/**
 * Reads `YYMMDD`. Some banks count 30 days a month: a 29th or 30th of February becomes the month's last day.
 * @returns the day, and whether it was moved
 */
function readDay(text: string, at: Mt940Place): ReadDay {
  if (!/^[0-9]{6}$/.test(text)) throw unreadable(whereOf(at), 'the date is not YYMMDD');
  const century = Number(text.slice(0, 2)) < 80 ? '20' : '19';
  return dayOf(`${century}${text.slice(0, 2)}`, text.slice(2), at);
}

/** Reads `MMDD` in the year nearest to `near`: around New Year that may be the year before or after. */
function readDayOfYear(text: string, near: LocalDate, at: Mt940Place): ReadDay {
  const year = Number(near.slice(0, 4));
  // Most entries are booked near their value date: try other years only if this one is half a year off.
  const sameYear = asLocalDate(`${year}-${text.slice(0, 2)}-${text.slice(2)}`);
  if (sameYear !== null && Math.abs(daysBetween(near, sameYear)) <= 180)
    return { day: sameYear, moved: false };
  const candidates = [year - 1, year, year + 1].flatMap((each) => {
    try {
      return [dayOf(each.toString(), text, at)];
    } catch {
      return [];
    }
  });
  const [first, ...others] = candidates;
  if (first === undefined)
    throw unreadable(whereOf(at), 'the entry date does not exist in any year');
  return others.reduce(
    (best, each) =>
      Math.abs(daysBetween(near, each.day)) < Math.abs(daysBetween(near, best.day)) ? each : best,
    first,
  );
}

interface ReadDay {
  readonly day: LocalDate;
  /** The written day does not exist and was moved. */
  readonly moved: boolean;
}

/** Caches `readDay` and `readDayOfYear`: a statement has few days and many entries. */
export interface DayReader {
  read(text: string, at: Mt940Place): ReadDay;
  readOfYear(text: string, near: LocalDate, at: Mt940Place): ReadDay;
}

const DAYS_KEPT_MAX = 1_000;

export function createDayReader(): DayReader {
  const known = new Map<string, ReadDay>();
  const keep = (key: string, day: ReadDay): ReadDay => {
    if (known.size >= DAYS_KEPT_MAX) known.clear();
    known.set(key, day);
    return day;
  };
  return {
    read: (text, at) => known.get(text) ?? keep(text, readDay(text, at)),
    readOfYear(text, near, at) {
      const key = `${near} ${text}`;
      return known.get(key) ?? keep(key, readDayOfYear(text, near, at));
    },
  };
}

function dayOf(year: string, monthAndDay: string, at: Mt940Place) {
  const month = monthAndDay.slice(0, 2);
  const day = asLocalDate(`${year}-${month}-${monthAndDay.slice(2)}`);
  if (day !== null) return { day, moved: false };
  if (month === '02' && /^(?:29|30)$/.test(monthAndDay.slice(2))) {
    const last = asLocalDate(`${year}-02-29`) ?? asLocalDate(`${year}-02-28`);
    if (last !== null) return { day: last, moved: true };
  }
  throw unreadable(whereOf(at), 'the date does not exist');
}

export interface Mt940Balance {
  readonly day: LocalDate;
  readonly currency: Currency;
  /** Signed; null for a placeholder made of nines. */
  readonly minor: bigint | null;
}

/** Reads `C200131EUR1234,56` of fields 60, 62, 64 and 65; some banks omit the currency in all but the first. */
export function readMt940Balance(
  text: string,
  currencyBefore: Currency | null,
  at: Mt940Place,
): Mt940Balance {
  const match = /^([CDcd])([0-9]{6})([A-Z]{3})?\s*(\S+)$/.exec(text.trim());
  if (match === null) throw unreadable(whereOf(at), 'it is not a mark, date, currency and amount');
  const [, mark = '', date = '', code, amount = ''] = match;
  const currency = code === undefined ? currencyBefore : readCurrencyCode(code, at);
  if (currency === null) throw unreadable(whereOf(at), 'it has no currency');
  const { day } = readDay(date, at);
  if (/^9{8,}[,.]9*$/.test(amount)) return { day, currency, minor: null };
  const minor = readAmount(amount, currency, at);
  return { day, currency, minor: /d/i.test(mark) ? -minor : minor };
}
