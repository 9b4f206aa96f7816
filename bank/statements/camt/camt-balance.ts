import type { LocalDate } from '../../../domain/local-date.ts';
import type { Currency } from '../../../domain/money/money.ts';
import type { StatementWarning } from '../../../domain/line/statement.ts';
import { warn } from '../warnings.ts';
import { childrenOf, onlyChild, requiredChild, textAt, type XmlElement } from '../xml-element.ts';
import { currencyOf, readAmount, readCurrency, readDay, readDirection } from './camt-values.ts';

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

export function readBalances(head: XmlElement, where: string): readonly CamtBalance[] {
  return childrenOf(head, 'Bal')
    .map((each) => readBalance(each, where))
    .filter((each) => each !== null);
}

/**
 * Reads one `Bal`. Null for kinds that say nothing about booked entries (available, expected, proprietary).
 */
function readBalance(balance: XmlElement, where: string): CamtBalance | null {
  const code = textAt(balance, ['Tp', 'CdOrPrtry', 'Cd'], where);
  if (code === null || !['OPBD', 'PRCD', 'CLBD', 'ITBD'].includes(code)) return null;
  const place = `${where}, Bal ${code}`;
  const element = requiredChild(balance, 'Amt', place);
  const day = readDay(balance, 'Dt', place);
  const sign = readDirection(balance, place) === 'credit' ? 1n : -1n;
  if (/^9{9,}(?:\.9+)?$/.test(element.text)) {
    // Some banks write nines for "not known", often more digits than an amount may have.
    return { code, minor: null, currency: readAmount(withText(element, '0'), place).currency, day };
  }
  const amount = readAmount(element, place);
  return { code, minor: sign * amount.minor, currency: amount.currency, day };
}

/**
 * Chooses the two balances that the entries must connect: OPBD, else PRCD, to CLBD. Interim balances replace them where a
 * statement is not closed. A statement of several days may carry one pair per day: the earliest opening and the latest
 * closing count.
 * @param opened balances of the first page, @param closed of the last: usually the same page.
 */
export function chooseBalances(
  opened: readonly CamtBalance[],
  closed: readonly CamtBalance[],
  where: string,
): CamtBalances {
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
  const openings = [
    withCode(opened, 'OPBD'),
    withCode(opened, 'PRCD'),
    withCode(opened, 'ITBD').slice(0, -1),
  ].find((each) => each.length > 0);
  const closings = [withCode(closed, 'CLBD'), withCode(closed, 'ITBD').slice(-1)].find(
    (each) => each.length > 0,
  );
  const opening = settle(openings ?? [], 'first');
  const closing = settle(closings ?? [], 'last');
  return { opening, closing, warnings: [...warnings].map((code) => warn(code, where)) };
}

/** True if each page ends with the interim balance that begins the next, where both state one. */
export function interimsMeet(pages: readonly (readonly CamtBalance[])[]): boolean {
  return pages.slice(1).every((page, index) => {
    const begins = withCode(page, 'ITBD')[0]?.minor ?? null;
    const ended = withCode(pages[index] ?? [], 'ITBD').at(-1)?.minor ?? null;
    return begins === null || ended === null || begins === ended;
  });
}

/** Only the balances of an empty statement show its currency, possibly in a kind that is not read otherwise. */
export function anyBalanceCurrency(heads: readonly XmlElement[], where: string): Currency | null {
  const balance = heads.flatMap((head) => childrenOf(head, 'Bal'))[0];
  const amount = onlyChild(balance ?? null, 'Amt', `${where}, Bal`);
  return amount && readCurrency(currencyOf(amount), `${where}, Bal, Ccy`);
}

function withCode(balances: readonly CamtBalance[], code: string): readonly CamtBalance[] {
  return balances.filter((each) => each.code === code);
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
