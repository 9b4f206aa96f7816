import { isCoded } from '../../../domain/errors.ts';
import { asLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import { parseMinor } from '../../../domain/money/money-text.ts';
import { parseCurrency, type Currency } from '../../../domain/money/money.ts';
import type { Direction } from '../../../domain/line/sighting.ts';
import { unreadable } from '../statement-fault.ts';
import { onlyChild, requiredChild, type XmlElement } from '../xml-element.ts';

export interface CamtAmount {
  /** ≥ 0 */
  readonly minor: bigint;
  readonly currency: Currency;
}

/** Reads an `Amt` with its `Ccy`. The direction is always a separate element, so a sign contradicts the format. */
export function readAmount(amount: XmlElement, where: string): CamtAmount {
  const currency = readCurrency(currencyOf(amount), `${where}, Ccy`);
  return { minor: readMinor(amount.text, currency, where), currency };
}

/** The currency as written, empty if missing. */
export function currencyOf(amount: XmlElement): string {
  return amount.attributes['Ccy']?.value ?? '';
}

/** Reads an unsigned amount of a known currency. */
export function readMinor(text: string, currency: Currency, where: string): bigint {
  if (/^[+-]/.test(text)) throw unreadable(where, 'the amount has a sign');
  try {
    return parseMinor(text, currency);
  } catch (error) {
    if (isCoded(error)) throw unreadable(where, `it is not a plain amount in ${currency}`);
    throw error;
  }
}

export function readCurrency(text: string, where: string): Currency {
  try {
    return parseCurrency(text);
  } catch (error) {
    if (isCoded(error)) throw unreadable(where, 'it is not a currency code');
    throw error;
  }
}

/** `CdtDbtInd` of `parent`: the movement on our account, even when it reverses another. */
export function readDirection(parent: XmlElement, where: string): Direction {
  const { text } = requiredChild(parent, 'CdtDbtInd', where);
  if (text === 'CRDT') return 'credit';
  if (text === 'DBIT') return 'debit';
  throw unreadable(`${where}, CdtDbtInd`, 'it is neither CRDT nor DBIT');
}

export function readFlag(parent: XmlElement, name: string, where: string): boolean {
  const flag = onlyChild(parent, name, where);
  if (flag === null) return false;
  if (flag.text === 'true' || flag.text === '1') return true;
  if (flag.text === 'false' || flag.text === '0') return false;
  throw unreadable(`${where}, ${name}`, 'it is neither true nor false');
}

/** The day in a `Dt` or `DtTm` under `parent[name]`, as written: no time zone is applied. Null when it is absent. */
export function readDay(parent: XmlElement, name: string, where: string): LocalDate | null {
  const holder = onlyChild(parent, name, where);
  if (holder === null) return null;
  const day = onlyChild(holder, 'Dt', where) ?? onlyChild(holder, 'DtTm', where);
  if (day === null) throw unreadable(`${where}, ${name}`, 'it has neither Dt nor DtTm');
  return readMoment(day.text, `${where}, ${name}`).day;
}

interface CamtMoment {
  readonly day: LocalDate;
  /** `hh:mm:ss`, null where only a day is given. */
  readonly time: string | null;
}

/** An ISO date or date-time; seconds are optional, and the offset is allowed but not applied. */
const MOMENT =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T((?:[01][0-9]|2[0-4]):[0-5][0-9])(:[0-5][0-9])?(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$/;

export function readMoment(text: string, where: string): CamtMoment {
  const match = MOMENT.exec(text);
  const day = asLocalDate(match?.[1] ?? '');
  if (day === null) throw unreadable(where, 'it is not a real date');
  const minute = match?.[2];
  return { day, time: minute === undefined ? null : `${minute}${match?.[3] ?? ':00'}` };
}
