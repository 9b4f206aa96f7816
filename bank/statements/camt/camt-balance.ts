import type { LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money.ts';
import type { StatementWarning } from '../../../domain/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { warn } from '../warnings.ts';
import { requiredChild, textAt, type XmlElement } from '../xml-element.ts';
import { readAmount, readDay, readDirection } from './camt-values.ts';

export interface CamtBalance {
  readonly code: string;
  /** Signed; null for a placeholder. */
  readonly minor: bigint | null;
  readonly currency: Currency;
  readonly day: LocalDate | null;
}

export interface CamtBalances {
  readonly opening: CamtBalance | null;
  readonly closing: CamtBalance | null;
  readonly warnings: readonly StatementWarning[];
}

/**
 * Reads one `Bal`. Null for the kinds that are no witness of booked entries (available, expected, of a bank's own).
 */
export function readBalance(balance: XmlElement, where: string): CamtBalance | null {
  const code = textAt(balance, ['Tp', 'CdOrPrtry', 'Cd'], where);
  if (code === null || !['OPBD', 'PRCD', 'CLBD', 'ITBD'].includes(code)) return null;
  const place = `${where}, Bal ${code}`;
  const element = requiredChild(balance, 'Amt', place);
  const day = readDay(balance, 'Dt', place);
  const ccy = element.attributes.get('Ccy') ?? '';
  const sign = readDirection(balance, place) === 'credit' ? 1n : -1n;
  if (/^9{9,}(?:\.9+)?$/.test(element.text)) {
    // Nines stand for "not known" at some banks, often more of them than an amount may have.
    return { code, minor: null, currency: readAmount(withText(element, '0'), place).currency, day };
  }
  if (ccy === '') throw unreadable(`${place}, Ccy`, 'it is missing');
  const amount = readAmount(element, place);
  return { code, minor: sign * amount.minor, currency: amount.currency, day };
}

/**
 * Chooses the two balances that the entries must connect: OPBD, else PRCD, to CLBD. Interim balances stand in at
 * the edges of a paged statement. A statement of several days may carry one pair for each: the earliest opening and
 * the latest closing count.
 */
export function chooseBalances(balances: readonly CamtBalance[], where: string): CamtBalances {
  const of = (code: string) => balances.filter((each) => each.code === code);
  const interim = of('ITBD');
  const warnings = new Set<'balance_ambiguous' | 'balance_placeholder'>();
  const settle = (
    candidates: readonly CamtBalance[],
    edge: 'first' | 'last',
  ): CamtBalance | null => {
    const chosen = atEdge(candidates, edge);
    if (chosen === 'ambiguous') warnings.add('balance_ambiguous');
    else if (chosen?.minor === null) warnings.add('balance_placeholder');
    else return chosen;
    return null;
  };
  const openings = [of('OPBD'), of('PRCD'), interim.slice(0, -1)].find((each) => each.length > 0);
  const closings = [of('CLBD'), interim.slice(-1)].find((each) => each.length > 0);
  const opening = settle(openings ?? [], 'first');
  const closing = settle(closings ?? [], 'last');
  return { opening, closing, warnings: [...warnings].map((code) => warn(code, where)) };
}

function atEdge(
  candidates: readonly CamtBalance[],
  edge: 'first' | 'last',
): CamtBalance | 'ambiguous' | null {
  const days = candidates.map((each) => each.day ?? '').sort();
  const day = edge === 'first' ? days[0] : days.at(-1);
  const there = candidates.filter((each) => (each.day ?? '') === day);
  if (new Set(there.map((each) => each.minor)).size > 1) return 'ambiguous';
  return there[0] ?? null;
}

function withText(element: XmlElement, text: string): XmlElement {
  return { ...element, text };
}
