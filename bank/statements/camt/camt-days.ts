import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import { onlyChild, textAt, type XmlElement } from '../xml-element.ts';
import type { CamtBalances } from './camt-balance.ts';
import { readMoment } from './camt-values.ts';

interface Days {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/**
 * The days that a camt.053 covers completely, with caution: a day marked complete too early would let a second real deposit
 * pass as a repeat, a day marked too late only delays the answer to a doubt. Null unless the statement has closed (CLBD).
 */
export function findCompleteDays(
  pages: readonly XmlElement[],
  balances: CamtBalances,
  bookingDates: ReadonlySet<LocalDate>,
  where: string,
): Days | null {
  if (balances.closing?.code !== 'CLBD') return null;
  const periods = pages
    .map((page) => onlyChild(page, 'FrToDt', where))
    .filter((period) => period !== null)
    .map((period) => daysOfPeriod(period, where));
  const [first = daysOfBalances(balances, bookingDates)] = periods;
  // Pages with several periods do not show the period of the whole.
  const isOne = periods.every((each) => each?.from === first?.from && each?.to === first?.to);
  return first !== null && isOne && first.from <= first.to ? first : null;
}

function daysOfPeriod(period: XmlElement, where: string): Days | null {
  const place = `${where}, FrToDt`;
  const from = readEnd(period, ['FrDtTm', 'FrDt'], place);
  const to = readEnd(period, ['ToDtTm', 'ToDt'], place);
  if (from === null || to === null) return null;
  // Banks without a clock write a day as midnight to midnight of that day.
  if (from.day === to.day && isMidnight(from.time) && isMidnight(to.time)) {
    return { from: from.day, to: to.day };
  }
  // Some banks start the day a second late and end it a second early: nothing is booked in those seconds.
  const startsWithDay = from.time === null || from.time < '00:01:00';
  const endsWithDay = to.time === null || to.time >= '23:59:00';
  return {
    from: startsWithDay ? from.day : addDays(from.day, 1),
    to: endsWithDay ? to.day : addDays(to.day, -1),
  };
}

/**
 * Without a period, the dates of the balances decide. OPBD carries the first day or, at some banks, the day before, as PRCD
 * always does: only an entry of that day proves that it belongs to the statement.
 */
function daysOfBalances({ opening, closing }: CamtBalances, bookingDates: ReadonlySet<LocalDate>) {
  const firstDay = opening?.day ?? null;
  const lastDay = closing?.day ?? null;
  if (opening === null || firstDay === null || lastDay === null) return null;
  const startsThere =
    opening.code === 'OPBD' && (firstDay === lastDay || bookingDates.has(firstDay));
  return { from: startsThere ? firstDay : addDays(firstDay, 1), to: lastDay };
}

function readEnd(period: XmlElement, names: readonly string[], where: string) {
  for (const name of names) {
    const text = textAt(period, [name], where);
    if (text !== null) return readMoment(text, `${where}, ${name}`);
  }
  return null;
}

function isMidnight(time: string | null): boolean {
  return time === null || time === '00:00:00';
}
