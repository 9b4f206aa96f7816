import { CodedError } from './errors.ts';

/** A calendar day as the bank writes it, `YYYY-MM-DD`; it has no time zone. */
export type LocalDate = string & { readonly __brand: 'LocalDate' };

/** The zone of the business day: deadlines, limits of a day and the day of a correction. */
export const BUSINESS_TIME_ZONE = 'Africa/Johannesburg';

/** Reads an ISO day. @throws CodedError `request.invalid` unless it is a real day in 1900–2999. */
export function parseLocalDate(text: string): LocalDate {
  const date = asLocalDate(text);
  if (date === null) {
    throw new CodedError('request.invalid', 'Unreadable date: expected a real day as YYYY-MM-DD.');
  }
  return date;
}

/** Like {@link parseLocalDate}, but null where the text is not a real day. */
export function asLocalDate(text: string): LocalDate | null {
  if (!/^(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(text)) return null;
  const [year, month, day] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)];
  const isReal = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return isReal ? (text as LocalDate) : null;
}

function number(text: string, from: number, to: number): number {
  return Number(text.slice(from, to));
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** The day `days` after `date` (before it, when negative). */
export function addDays(date: LocalDate, days: number): LocalDate {
  const instant = new Date(`${date}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() + days);
  return instant.toISOString().slice(0, 10) as LocalDate;
}

/** The instant of a clock time on a day, for example `T08:00:00+02:00`. */
export function instantAt(day: LocalDate, clock: string): Date {
  return new Date(`${day}${clock}`);
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: LocalDate): number {
  return instantAt(day, 'T00:00:00Z').getUTCDay();
}

/** Whole days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(to) - dayNumber(from);
}

function dayNumber(date: LocalDate): number {
  return Date.UTC(number(date, 0, 4), number(date, 5, 7) - 1, number(date, 8, 10)) / 86_400_000;
}

/** The day of `instant` in a named time zone, for example `Africa/Johannesburg`. */
export function localDateIn(instant: Date, timeZone: string): LocalDate {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return parseLocalDate(`${part('year')}-${part('month')}-${part('day')}`);
}

/** The local time of an instant in a time zone: `2026-11-20 09:00:00`. */
export function printLocalTime(instant: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/** True if a time zone of this name exists. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
