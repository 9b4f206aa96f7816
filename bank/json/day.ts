import { asLocalDate, localDateIn, type LocalDate } from '../../domain/local-date.ts';
import { field, type Refuse } from './fields.ts';
import { isJsonNumber, type JsonObject } from './json-text.ts';

/** Styles in which banks' APIs write days. `instant` is RFC 3339 with an offset, `2026-11-20T10:43:07+02:00`. */
export const JSON_DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYYMMDD',
  'YYYY/MM/DD',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'instant',
] as const;
export type JsonDateFormat = (typeof JSON_DATE_FORMATS)[number];

const PLAIN: Readonly<Record<Exclude<JsonDateFormat, 'instant'>, RegExp>> = {
  'YYYY-MM-DD': /^(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})$/,
  YYYYMMDD: /^(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})$/,
  'YYYY/MM/DD': /^(?<y>[0-9]{4})\/(?<m>[0-9]{2})\/(?<d>[0-9]{2})$/,
  'DD/MM/YYYY': /^(?<d>[0-9]{2})\/(?<m>[0-9]{2})\/(?<y>[0-9]{4})$/,
  'DD-MM-YYYY': /^(?<d>[0-9]{2})-(?<m>[0-9]{2})-(?<y>[0-9]{4})$/,
};

const INSTANT =
  /^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(?<offset>Z|[+-][0-9]{2}:?[0-9]{2})?$/;

/** Replaces the time zone where the bank's is unknown: takes the day as written, whatever its offset. */
export const AS_WRITTEN = 'as written';

export interface DayStyle {
  readonly dateFormat: JsonDateFormat;
  /** Time zone of the bank's days, or {@link AS_WRITTEN}. */
  readonly timeZone: string;
}

/** Reads a day of a row; refuses anything that is not exactly one day in this style. */
export function styledDay(
  object: JsonObject,
  name: string,
  style: DayStyle,
  refuse: Refuse,
): LocalDate {
  const value = field(object, name);
  const text = isJsonNumber(value) ? value.value : value;
  const day = typeof text === 'string' ? parseDay(text, style) : null;
  if (day === null) throw refuse(`${name} is not a real day as ${style.dateFormat}`, name);
  return day;
}

/** Null when absent or null. */
export function optionalStyledDay(
  object: JsonObject,
  name: string,
  style: DayStyle,
  refuse: Refuse,
): LocalDate | null {
  const value = field(object, name);
  return value === undefined || value === null ? null : styledDay(object, name, style, refuse);
}

function parseDay(text: string, { dateFormat, timeZone }: DayStyle): LocalDate | null {
  if (dateFormat === 'instant') return parseInstant(text, timeZone);
  const { y, m, d } = PLAIN[dateFormat].exec(text)?.groups ?? {};
  return asLocalDate(`${y ?? ''}-${m ?? ''}-${d ?? ''}`);
}

/**
 * The day of an instant in the bank's time zone. A time of exactly midnight only carries a date, whatever its offset: banks
 * that do not record the time of day write midnight. Without an offset, the day is already the bank's own.
 */
function parseInstant(text: string, timeZone: string): LocalDate | null {
  const { day = '', time, offset } = INSTANT.exec(text)?.groups ?? {};
  const written = asLocalDate(day);
  if (written === null) return null;
  if (time === '00:00:00' || offset === undefined || timeZone === AS_WRITTEN) return written;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : localDateIn(instant, timeZone);
}

/** Formats a day for the query of a request. */
export function writeDay(day: LocalDate, format: Exclude<JsonDateFormat, 'instant'>): string {
  return format
    .replace('YYYY', day.slice(0, 4))
    .replace('MM', day.slice(5, 7))
    .replace('DD', day.slice(8, 10));
}
