import { isCoded } from '../../../domain/errors.ts';
import { asLocalDate, daysBetween, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money/money.ts';
import { parseMinor } from '../../../domain/money/money-text.ts';
import { unreadable } from '../statement-fault.ts';

/** Where a value stands, for messages: their text is made only where there is something to say. */
export interface Mt940Place {
  readonly tag: string;
  /** Of the field's first line, in the file. */
  readonly number: number;
}

/** `line 12, field 61` */
export function whereOf({ tag, number }: Mt940Place): string {
  return `line ${number}, field ${tag}`;
}

/**
 * Reads `1234,56`; a short or empty fraction is padded, a decimal point is taken where banks write one, and so are zeros
 * before the digits, or none.
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
      throw unreadable(whereOf(at), `the amount is no amount in ${currency}`);
    throw error;
  }
}

export function readCurrencyCode(text: string, at: Mt940Place): Currency {
  if (!/^[A-Z]{3}$/.test(text))
    throw unreadable(whereOf(at), 'the currency is not three capital letters');
  return parseCurrency(text);
}

/**
 * Reads `YYMMDD`. The 29th and 30th of February of banks that count 30 days a month become the month's last day.
 * @returns the day, and whether it had to be moved.
 */
function readDay(text: string, at: Mt940Place): ReadDay {
  if (!/^[0-9]{6}$/.test(text)) throw unreadable(whereOf(at), 'the date is not YYMMDD');
  const century = Number(text.slice(0, 2)) < 80 ? '20' : '19';
  return dayOf(`${century}${text.slice(0, 2)}`, text.slice(2), at);
}

/** Reads `MMDD` in the year that brings it nearest to `near`: around New Year that may be the year before or after. */
function readDayOfYear(text: string, near: LocalDate, at: Mt940Place): ReadDay {
  const year = Number(near.slice(0, 4));
  // Most entries are booked near their value date: the other years are tried where this one is half a year off.
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
  if (first === undefined) throw unreadable(whereOf(at), 'the entry date is no day of any year');
  return others.reduce(
    (best, each) =>
      Math.abs(daysBetween(near, each.day)) < Math.abs(daysBetween(near, best.day)) ? each : best,
    first,
  );
}

interface ReadDay {
  readonly day: LocalDate;
  /** It had to be moved into the calendar. */
  readonly moved: boolean;
}

/** Reads days as `readDay` and `readDayOfYear` do, and each of them once: a statement has few days and many entries. */
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
  throw unreadable(whereOf(at), 'the date is no day of the calendar');
}

export interface Mt940Balance {
  readonly day: LocalDate;
  readonly currency: Currency;
  /** Signed; null for a placeholder made of nines. */
  readonly minor: bigint | null;
}

/** Reads `C200131EUR1234,56` of fields 60, 62, 64 and 65; some banks leave out the currency of all but the first. */
export function readMt940Balance(
  text: string,
  currencyBefore: Currency | null,
  at: Mt940Place,
): Mt940Balance {
  const match = /^([CDcd])([0-9]{6})([A-Z]{3})?\s*(\S+)$/.exec(text.trim());
  if (match === null) throw unreadable(whereOf(at), 'it is not mark, date, currency and amount');
  const [, mark = '', date = '', code, amount = ''] = match;
  const currency = code === undefined ? currencyBefore : readCurrencyCode(code, at);
  if (currency === null) throw unreadable(whereOf(at), 'it has no currency');
  const { day } = readDay(date, at);
  if (/^9{8,}[,.]9*$/.test(amount)) return { day, currency, minor: null };
  const minor = readAmount(amount, currency, at);
  return { day, currency, minor: /d/i.test(mark) ? -minor : minor };
}
