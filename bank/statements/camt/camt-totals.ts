import type { Currency } from '../../../domain/money.ts';
import type { StatementLine } from '../../../domain/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { onlyChild, requiredChild, textAt, type XmlElement } from '../xml-element.ts';
import { readDirection, readMinor } from './camt-values.ts';

/** What a file says of its own entries. `net` is signed. */
interface Totals {
  readonly count: number | null;
  readonly sum: bigint | null;
  readonly net: bigint | null;
}

interface Side {
  count: number;
  sum: bigint;
}

/** What the entries come to while they pass by, all of them and the booked ones alone. */
export interface EntryTotals {
  add(line: Pick<StatementLine, 'amountMinor' | 'direction' | 'status'>): void;
  readonly readings: readonly { readonly credit: Side; readonly debit: Side }[];
}

export function createEntryTotals(): EntryTotals {
  const empty = () => ({ credit: { count: 0, sum: 0n }, debit: { count: 0, sum: 0n } });
  const [all, booked] = [empty(), empty()];
  return {
    readings: [all, booked],
    add({ amountMinor, direction, status }) {
      for (const totals of status === 'booked' ? [all, booked] : [all]) {
        totals[direction].count += 1;
        totals[direction].sum += amountMinor;
      }
    },
  };
}

/**
 * Whether `TxsSummry` agrees with the entries, as far as it says anything. Banks count either all entries or the
 * booked ones: one of both readings must hold for every total.
 */
export function totalsAgree(
  summary: XmlElement | null,
  entries: EntryTotals,
  currency: Currency,
  where: string,
): boolean {
  if (summary === null) return true;
  const all = readTotals(summary, 'TtlNtries', currency, where);
  const credits = readTotals(summary, 'TtlCdtNtries', currency, where);
  const debits = readTotals(summary, 'TtlDbtNtries', currency, where);
  const none: Side = { count: 0, sum: 0n };
  return entries.readings.some(
    ({ credit, debit }) =>
      agrees(all, credit, debit) && agrees(credits, credit, none) && agrees(debits, none, debit),
  );
}

function agrees(totals: Totals, credit: Side, debit: Side): boolean {
  return (
    (totals.count === null || totals.count === credit.count + debit.count) &&
    (totals.sum === null || totals.sum === credit.sum + debit.sum) &&
    (totals.net === null || totals.net === credit.sum - debit.sum)
  );
}

function readTotals(summary: XmlElement, name: string, currency: Currency, where: string): Totals {
  const totals = onlyChild(summary, name, where);
  if (totals === null) return { count: null, sum: null, net: null };
  const place = `${where}, ${name}`;
  const count = textAt(totals, ['NbOfNtries'], place);
  if (count !== null && !/^[0-9]{1,15}$/.test(count)) {
    throw unreadable(`${place}, NbOfNtries`, 'it is not a whole number');
  }
  const sum = textAt(totals, ['Sum'], place);
  return {
    count: count === null ? null : Number(count),
    sum: sum === null ? null : readMinor(sum, currency, `${place}, Sum`),
    net: readNet(totals, currency, place),
  };
}

/** `TtlNetNtryAmt` with its mark up to version 03, `TtlNetNtry/Amt` with its mark inside from version 04. */
function readNet(totals: XmlElement, currency: Currency, place: string): bigint | null {
  const flat = onlyChild(totals, 'TtlNetNtryAmt', place);
  const nested = onlyChild(totals, 'TtlNetNtry', place);
  const amount = flat ?? (nested && requiredChild(nested, 'Amt', place));
  if (amount === null) return null;
  const minor = readMinor(amount.text, currency, `${place}, net`);
  return readDirection(nested ?? totals, place) === 'credit' ? minor : -minor;
}
