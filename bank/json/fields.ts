import { isCoded, type CodedError } from '../../domain/errors.ts';
import { asLocalDate, type LocalDate } from '../../domain/local-date.ts';
import { parseMinor, type DecimalStyle } from '../../domain/money/money-text.ts';
import type { Currency } from '../../domain/money/money.ts';
import { cleanText } from './clean-text.ts';
import { isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from './json-text.ts';

/** Makes the caller's coded error from a reason and the field at fault. Reasons name fields and never quote values. */
export type Refuse = (why: string, field?: string) => CodedError;

const TEXT_CHARS_MAX = 65_536;
const ID_CHARS_MAX = 256;
const POINT: DecimalStyle = { decimalMark: '.' };

/** An own field only: `constructor` and its like are not data. */
export function field(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function objectField(object: JsonObject, name: string, refuse: Refuse): JsonObject {
  const value = field(object, name);
  if (!isJsonObject(value)) throw refuse(`${name} is not an object`, name);
  return value;
}

/** A text of at least one visible character. */
export function requiredText(object: JsonObject, name: string, refuse: Refuse): string {
  const text = optionalText(object, name, refuse);
  if (text === null) throw refuse(`${name} is missing`, name);
  return text;
}

/** Null when absent, null or blank. A number counts as the text of its digits: some banks send references as numbers. */
export function optionalText(object: JsonObject, name: string, refuse: Refuse): string | null {
  const value = field(object, name);
  if (value === undefined || value === null) return null;
  const text = isJsonNumber(value) ? value.value : value;
  if (typeof text !== 'string') throw refuse(`${name} is not a text`, name);
  if (text.length > TEXT_CHARS_MAX) {
    throw refuse(`${name} is longer than ${TEXT_CHARS_MAX} characters`, name);
  }
  return cleanText(text);
}

/** A bank's id as written, null when absent or blank. Refuses ids with control characters or of absurd length. */
export function optionalId(object: JsonObject, name: string, refuse: Refuse): string | null {
  const value = field(object, name);
  if (typeof value === 'string' && (value.length > ID_CHARS_MAX || /\p{C}/u.test(value))) {
    throw refuse(
      `${name} is longer than ${ID_CHARS_MAX} characters or holds control characters`,
      name,
    );
  }
  // A fraction or an exponent names nothing: `1e3` and `1000` would be two ids of one line.
  if (isJsonNumber(value) && !/^[0-9]{1,40}$/.test(value.value)) {
    throw refuse(`${name} is a number that is not whole`, name);
  }
  return optionalText(object, name, refuse);
}

/** One of a closed list, matched exactly; `order` lists the valid choices. */
export function choiceField<Choice extends string>(
  object: JsonObject,
  name: string,
  choices: Readonly<Record<Choice, readonly string[]>>,
  order: readonly Choice[],
  refuse: Refuse,
): Choice {
  const value = field(object, name);
  for (const choice of order) {
    if (typeof value === 'string' && choices[choice].includes(value)) return choice;
  }
  throw refuse(`${name} is not one of the known values`, name);
}

/** A decimal string or a JSON number, read from its text, as signed minor units. */
export function minorField(
  object: JsonObject,
  name: string,
  currency: Currency,
  refuse: Refuse,
): bigint {
  return decimalField(object, name, currency, POINT, refuse);
}

/** As {@link minorField}, for a bank with its own decimal style. */
export function decimalField(
  object: JsonObject,
  name: string,
  currency: Currency,
  style: DecimalStyle,
  refuse: Refuse,
): bigint {
  return parseAmount(decimalText(object, name, refuse), name, currency, style, refuse);
}

/** As {@link minorField}, for amounts whose direction another field gives: refuses any sign, even of zero. */
export function unsignedMinorField(
  object: JsonObject,
  name: string,
  currency: Currency,
  refuse: Refuse,
): bigint {
  const text = decimalText(object, name, refuse);
  if (/^[+-]/.test(text))
    throw refuse(`${name} has a sign although another field gives the direction`, name);
  return parseAmount(text, name, currency, POINT, refuse);
}

export function dayField(object: JsonObject, name: string, refuse: Refuse): LocalDate {
  const value = field(object, name);
  const day = typeof value === 'string' ? asLocalDate(value) : null;
  if (day === null) throw refuse(`${name} is not a real day as YYYY-MM-DD`, name);
  return day;
}

export function optionalDayField(
  object: JsonObject,
  name: string,
  refuse: Refuse,
): LocalDate | null {
  const value = field(object, name);
  return value === undefined || value === null ? null : dayField(object, name, refuse);
}

/** A whole number from 0 to `max`, as a JSON number or as its digits in a text. */
export function countField(object: JsonObject, name: string, max: number, refuse: Refuse): number {
  const digits = wholeDigits(object, name, refuse);
  const count = Number(digits);
  if (count > max) throw refuse(`${name} is larger than ${max}`, name);
  return count;
}

/** The digits of a whole number ≥ 0 without leading zeros, as a JSON number or as a text; at most 15. */
export function wholeDigits(object: JsonObject, name: string, refuse: Refuse): string {
  const value = field(object, name);
  const digits = isJsonNumber(value) ? value.value : value;
  if (typeof digits !== 'string' || !/^(?:0|[1-9][0-9]{0,14})$/.test(digits)) {
    throw refuse(`${name} is not a whole number`, name);
  }
  return digits;
}

/** Names of fields outside `known`; a name that is not a plain word becomes `?`, since it may hold anything. */
export function unknownFields(object: JsonObject, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(object)
    .filter((name) => !known.has(name))
    .map((name) => (/^[A-Za-z_][A-Za-z0-9_-]{0,40}$/.test(name) ? name : '?'));
}

/** The text of a decimal string or of a JSON number. */
export function decimalText(object: JsonObject, name: string, refuse: Refuse): string {
  const value = field(object, name);
  if (typeof value === 'string') return value;
  if (isJsonNumber(value)) return value.value;
  throw refuse(`${name} is neither a decimal string nor a number`, name);
}

function parseAmount(
  text: string,
  name: string,
  currency: Currency,
  style: DecimalStyle,
  refuse: Refuse,
): bigint {
  try {
    return parseMinor(text, currency, style);
  } catch (error) {
    if (isCoded(error, 'money.unreadable'))
      throw refuse(`${name} is not a plain amount in ${currency}`, name);
    throw error;
  }
}
