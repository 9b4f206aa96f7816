import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import { textAt, type XmlElement } from '../xml-element.ts';
import type { CamtBalances } from './camt-balance.ts';
import { readMoment } from './camt-values.ts';

/**
 * The days that a camt.053 covers wholly, told cautiously: a day that is called complete too early would let a second
 * real deposit pass as a repeat, a day that is called complete too late only makes a doubt wait. Null unless the
 * statement has closed (CLBD).
 */
export function findCompleteDays(
  period: XmlElement | null,
  balances: CamtBalances,
  bookingDates: ReadonlySet<LocalDate>,
  where: string,
): { readonly from: LocalDate; readonly to: LocalDate } | null {
  if (balances.closing?.code !== 'CLBD') return null;
  const days =
    period === null ? daysOfBalances(balances, bookingDates) : daysOfPeriod(period, where);
  return days !== null && days.from <= days.to ? days : null;
}

function daysOfPeriod(period: XmlElement, where: string) {
  const place = `${where}, FrToDt`;
  const from = readEnd(period, ['FrDtTm', 'FrDt'], place);
  const to = readEnd(period, ['ToDtTm', 'ToDt'], place);
  if (from === null || to === null) return null;
  // Midnight to midnight of one day is how banks without a clock write that day.
  if (from.day === to.day && isMidnight(from.time) && isMidnight(to.time)) {
    return { from: from.day, to: to.day };
  }
  const endsWithDay = to.time === null || to.time >= '23:59:00';
  return {
    from: isMidnight(from.time) ? from.day : addDays(from.day, 1),
    to: endsWithDay ? to.day : addDays(to.day, -1),
  };
}

/**
 * Without a period the dates of the balances must do. OPBD is dated with the first day, or by some banks with the day
 * before, as PRCD always is: only an entry of that day proves that it belongs to the statement.
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
