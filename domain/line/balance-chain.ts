import { groupBy } from '../group-by.ts';
import type { LocalDate } from '../local-date.ts';

/** Late rows come one by one; more of them mean that the balances do not follow each other as Purser reads them. */
const LATE_ROWS_MAX = 50;

/** A row with the account's balance after it, in signed minor units. */
export interface ChainRow {
  readonly day: LocalDate;
  readonly movedMinor: bigint;
  readonly balanceMinor: bigint;
}

/**
 * True if balances beside the rows of a window leave something out: sorted by what precedes what, a whole window is one
 * chain with one beginning. Rows whose balances never follow each other say nothing.
 */
export function hasGap(rows: readonly ChainRow[]): boolean {
  const beginnings = countBeginnings(rows);
  return beginnings > 1 && (rows.length <= 3 || beginnings * 5 <= rows.length);
}

/**
 * The rows of days before `from` that the bank booked after rows of the window: with them, all rows are one chain, and
 * they stand behind a row of the window in it. Null if that leaves a gap, or can be read in two ways.
 */
export function findLateRows<Row extends ChainRow>(
  rows: readonly Row[],
  from: LocalDate,
): readonly Row[] | null {
  if (countBeginnings(rows) !== 1) return null;
  const chain = follow(rows);
  if (chain === null) return null;
  const begins = chain.findIndex(({ day }) => day >= from);
  if (begins === -1) return null;
  const late = chain.slice(begins).filter(({ day }) => day < from);
  return late.length > 0 && late.length <= LATE_ROWS_MAX ? late : null;
}

function opening({ balanceMinor, movedMinor }: ChainRow): bigint {
  return balanceMinor - movedMinor;
}

/** Balances before a row that no row leaves behind, each as often as it is missing. */
function countBeginnings(rows: readonly ChainRow[]): number {
  const open = new Map<bigint, number>();
  const add = (balance: bigint, by: number) => open.set(balance, (open.get(balance) ?? 0) + by);
  for (const row of rows) {
    add(opening(row), 1);
    add(row.balanceMinor, -1);
  }
  return [...open.values()].reduce((sum, times) => sum + Math.max(times, 0), 0);
}

/** All rows, each after the one whose balance it continues; null where a balance came twice, so that two could follow. */
function follow<Row extends ChainRow>(rows: readonly Row[]): readonly Row[] | null {
  const next = groupBy(rows, opening);
  if ([...next.values()].some((group) => group.length > 1)) return null;
  const left = new Set(rows.map(({ balanceMinor }) => balanceMinor));
  const first = rows.find((row) => !left.has(opening(row)));
  const chain: Row[] = [];
  for (let row = first; row !== undefined; row = next.get(row.balanceMinor)?.[0]) chain.push(row);
  return chain.length === rows.length ? chain : null;
}
