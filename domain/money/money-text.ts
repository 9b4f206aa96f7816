import { CodedError } from '../errors.ts';
import { AMOUNT_MINOR_MAX, currencyExponent, type Currency } from './money.ts';

/** How a source writes decimals. Nothing is guessed: the format or the field map names it. */
export interface DecimalStyle {
  readonly decimalMark: '.' | ',';
  /** Mark between thousands groups, only where the source declares one. */
  readonly thousandsMark?: ',' | '.' | ' ' | "'";
}

const POINT: DecimalStyle = { decimalMark: '.' };

function unreadable(found: string, why: string): CodedError {
  return new CodedError(
    'money.unreadable',
    `Unreadable amount of ${found.length} characters: ${why}.`,
  );
}

/**
 * Reads a decimal amount as signed minor units, exactly.
 * A short fraction is padded (`0,7` → 70); extra decimals are allowed only when they are zeros.
 * @throws CodedError `money.unreadable` for anything else: exponents, hex, blanks, other digits, more than 10^13 minor units.
 */
export function parseMinor(text: string, currency: Currency, style: DecimalStyle = POINT): bigint {
  const plain =
    style.thousandsMark === undefined
      ? text
      : removeThousands(text, style.thousandsMark, style.decimalMark);
  const pattern =
    style.decimalMark === '.'
      ? /^([+-]?)([0-9]+)(?:\.([0-9]*))?$/
      : /^([+-]?)([0-9]+)(?:,([0-9]*))?$/;
  const match = pattern.exec(plain);
  if (match === null || text.length > 40)
    throw unreadable(text, 'expected digits with one decimal mark');
  const [, sign = '', whole = '', fraction = ''] = match;
  const exponent = currencyExponent(currency);
  const extra = fraction.slice(exponent);
  if (/[1-9]/.test(extra)) throw unreadable(text, `more than ${exponent} decimals for ${currency}`);
  const minor = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (minor > AMOUNT_MINOR_MAX) throw unreadable(text, 'larger than 10^13 minor units');
  return sign === '-' ? -minor : minor;
}

function removeThousands(text: string, mark: string, decimalMark: string): string {
  const [whole = '', ...rest] = text.split(decimalMark);
  const groups = whole.replace(/^[+-]/, '').split(mark);
  const wellGrouped = groups.every((group, index) =>
    index === 0 ? /^[0-9]{1,3}$/.test(group) : /^[0-9]{3}$/.test(group),
  );
  if (groups.length > 1 && !wellGrouped) throw unreadable(text, 'thousands marks out of place');
  return [whole.split(mark).join(''), ...rest].join(decimalMark);
}

/** Writes minor units as a plain decimal, `-1234567n` ZAR → `-12345.67`: the inverse of {@link parseMinor}. */
export function printMinor(minor: bigint, currency: Currency): string {
  const exponent = currencyExponent(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const sign = minor < 0n ? '-' : '';
  return exponent === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-exponent)}`;
}

/** Writes rand for people: `125000n` → `R1,250.00`. */
export function printRand(minor: bigint): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${minor < 0n ? '-' : ''}R${whole}.${digits.slice(-2)}`;
}
