import { CodedError } from './errors.ts';

/** A calendar day as the bank writes it, `YYYY-MM-DD`; it has no time zone. */
export type LocalDate = string & { readonly __brand: 'LocalDate' };

/** Reads an ISO day. @throws CodedError `request.invalid` unless it is a real day in 1900–2999. */
export function parseLocalDate(text: string): LocalDate {
  const date = asLocalDate(text);
  if (date === null) {
    throw new CodedError('request.invalid', 'Unreadable date: expected a real day as YYYY-MM-DD.');
  }
  return date;
}

/** As {@link parseLocalDate}, but null where the text is not a real day. */
export function asLocalDate(text: string): LocalDate | null {
  const match = /^((?:19|2[0-9])[0-9]{2})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (match === null) return null;
  const instant = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== text) return null;
  return text as LocalDate;
}

/** The day `days` after `date` (before it, when negative). */
export function addDays(date: LocalDate, days: number): LocalDate {
  const instant = new Date(`${date}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() + days);
  return instant.toISOString().slice(0, 10) as LocalDate;
}

/** Whole days from `from` to `to`, negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** The day that `instant` falls on in a named time zone, `Africa/Johannesburg` say. */
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
