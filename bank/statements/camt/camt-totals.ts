import type { Currency } from '../../../domain/money/money.ts';
import type { StatementLine } from '../../../domain/line/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { onlyChild, requiredChild, textAt, type XmlElement } from '../xml-element.ts';
import { readDirection, readMinor } from './camt-values.ts';

/** A file's totals of its own entries. `net` is signed, except without a mark. */
interface StatedTotals {
  readonly count: number | null;
  readonly sum: bigint | null;
  readonly net: bigint | null;
  readonly isNetSigned: boolean;
}

interface Side {
  count: number;
  sum: bigint;
}

type Sides = Readonly<Record<StatementLine['direction'], Side>>;

/** Running totals of the entries; the entries themselves are not kept. */
export type EntryTotals = Readonly<Record<StatementLine['status'], Sides>> & {
  /** How many booked entries are in another currency: no sum contains them. */
  readonly foreign: Record<StatementLine['direction'], number>;
};

export function createEntryTotals(): EntryTotals {
  const side = (): Side => ({ count: 0, sum: 0n });
  return {
    booked: { credit: side(), debit: side() },
    pending: { credit: side(), debit: side() },
    foreign: { credit: 0, debit: 0 },
  };
}

/** Counts an entry in another currency than the account's. */
export function addForeignTo(
  { foreign }: EntryTotals,
  { direction, status }: Pick<StatementLine, 'direction' | 'status'>,
): void {
  if (status === 'booked') foreign[direction] += 1;
}

export function addEntryTo(
  totals: EntryTotals,
  { amountMinor, direction, status }: Pick<StatementLine, 'amountMinor' | 'direction' | 'status'>,
): void {
  const side = totals[status][direction];
  side.count += 1;
  side.sum += amountMinor;
}

export function joinTotals(pages: readonly EntryTotals[]): EntryTotals {
  const joined = createEntryTotals();
  for (const page of pages)
    for (const status of ['booked', 'pending'] as const)
      for (const direction of ['credit', 'debit'] as const) {
        joined[status][direction].count += page[status][direction].count;
        joined[status][direction].sum += page[status][direction].sum;
      }
  for (const { foreign } of pages) {
    joined.foreign.credit += foreign.credit;
    joined.foreign.debit += foreign.debit;
  }
  return joined;
}

/**
 * True if `TxsSummry` agrees with the entries, as far as stated. Banks count either all entries or the booked ones: one of
 * the two readings must fit every total.
 */
export function totalsAgree(
  summary: XmlElement | null,
  { booked, pending, foreign }: EntryTotals,
  currency: Currency,
  where: string,
): boolean {
  // Totals over several currencies say nothing: each bank adds them in another way.
  if (summary === null || foreign.credit + foreign.debit > 0) return true;
  const all = readTotals(summary, 'TtlNtries', currency, where);
  const credits = readTotals(summary, 'TtlCdtNtries', currency, where);
  const debits = readTotals(summary, 'TtlDbtNtries', currency, where);
  const everything = {
    credit: bothOf(booked.credit, pending.credit),
    debit: bothOf(booked.debit, pending.debit),
  };
  const none: Side = { count: 0, sum: 0n };
  return [everything, booked].some(
    ({ credit, debit }) =>
      agrees(all, credit, debit) && agrees(credits, credit, none) && agrees(debits, none, debit),
  );
}

/** A sum has no sign by the standard: the name of its element says which side it is of. */
const SIGN = /^[+-]/;

/** True if the bank writes a sign before a sum. */
export function hasSignedSum(summary: XmlElement | null, where: string): boolean {
  return ['TtlNtries', 'TtlCdtNtries', 'TtlDbtNtries'].some((name) =>
    SIGN.test(textAt(summary, [name, 'Sum'], where) ?? ''),
  );
}

function bothOf(a: Side, b: Side): Side {
  return { count: a.count + b.count, sum: a.sum + b.sum };
}

function agrees(stated: StatedTotals, credit: Side, debit: Side): boolean {
  const net = credit.sum - debit.sum;
  return (
    (stated.count === null || stated.count === credit.count + debit.count) &&
    (stated.sum === null || stated.sum === credit.sum + debit.sum) &&
    (stated.net === null || stated.net === net || (!stated.isNetSigned && stated.net === -net))
  );
}

function readTotals(
  summary: XmlElement,
  name: string,
  currency: Currency,
  where: string,
): StatedTotals {
  const totals = onlyChild(summary, name, where);
  const place = `${where}, ${name}`;
  const count = textAt(totals, ['NbOfNtries'], place);
  if (count !== null && !/^[0-9]{1,15}$/.test(count)) {
    throw unreadable(`${place}, NbOfNtries`, 'it is not a whole number');
  }
  const sum = textAt(totals, ['Sum'], place);
  return {
    count: count === null ? null : Number(count),
    sum: sum === null ? null : readMinor(sum.replace(SIGN, ''), currency, `${place}, Sum`),
    ...readNet(totals, currency, place),
  };
}

/**
 * `TtlNetNtryAmt` with its mark up to version 03, `TtlNetNtry/Amt` with its mark inside from version 04. The mark is
 * optional in the older versions.
 */
function readNet(
  totals: XmlElement | null,
  currency: Currency,
  place: string,
): Pick<StatedTotals, 'net' | 'isNetSigned'> {
  const flat = onlyChild(totals, 'TtlNetNtryAmt', place);
  const nested = onlyChild(totals, 'TtlNetNtry', place);
  const amount = flat ?? (nested && requiredChild(nested, 'Amt', place));
  const holder = nested ?? totals;
  if (amount === null || holder === null) return { net: null, isNetSigned: true };
  const minor = readMinor(amount.text, currency, `${place}, net`);
  const isNetSigned = nested !== null || onlyChild(holder, 'CdtDbtInd', place) !== null;
  const isDebit = isNetSigned && readDirection(holder, place) === 'debit';
  return { net: isDebit ? -minor : minor, isNetSigned };
}
