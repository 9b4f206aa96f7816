import { groupBy } from '../group-by.ts';
import type { Hold, SnapshotRow, WaitingRow } from './identity.ts';
import { createQueues } from './queues.ts';
import { findSuspects, type HeldBefore, type Suspicion } from './suspects.ts';
import { codesOrNone, dayOf, isClosed, type OpenLine, type Work } from './work.ts';

/** The key of every line, beside those of its codes. */
const ANY = 'any';

/** Rows that nothing tied: new money, or money that may be a line which this read does not show. */
export interface Leftovers {
  readonly fresh: readonly { readonly row: SnapshotRow; readonly hold: Hold | null }[];
  readonly waiting: readonly WaitingRow[];
}

/**
 * Counts what is left of each day and amount, and holds the rows that may be a line that is left over. A held row waits
 * for two complete reads of its day, after that day is over; then it is the line if rows and lines are equally many, and
 * else a line of its own, beside the other one for a person.
 */
export function placeLeftovers(work: Work, before: HeldBefore): Leftovers {
  const { heldBefore } = before;
  const readsOf = (row: SnapshotRow) => heldBefore(row)?.reads ?? 0;
  tieByCount(work, readsOf, findSuspects(work, before));
  const suspects = findSuspects(work, before);
  const fresh: { row: SnapshotRow; hold: Hold | null }[] = [];
  const waiting: WaitingRow[] = [];
  for (const row of work.rows()) {
    const suspicion = suspects.get(row);
    if (suspicion === undefined) {
      fresh.push({ row, hold: null });
      continue;
    }
    const { besideLineId, isLastRead, reason } = suspicion;
    const isOver = isClosed(work, row);
    if (isOver && (readsOf(row) > 0 || isLastRead))
      fresh.push({ row, hold: { reason, besideLineId } });
    else waiting.push({ row, reason, besideLineId, reads: readsOf(row) + (isOver ? 1 : 0) });
  }
  return { fresh, waiting };
}

/**
 * Two complete reads of a day that is over, which count the same lines of an amount, show the same lines. The earlier one
 * is this source's, if it held the rows, or another source's, if that showed the lines.
 */
function tieByCount(
  work: Work,
  readsOf: (row: SnapshotRow) => number,
  suspects: ReadonlyMap<SnapshotRow, Suspicion>,
): void {
  if (work.reading.scope.kind !== 'complete') return;
  const rows = groupBy(
    work.rows().filter((row) => isClosed(work, row) && suspects.get(row)?.isCorrected !== true),
    (row) => `${row.bookingDate} ${row.amountMinor}`,
  );
  if (rows.size === 0) return;
  // A line that a correction claims is no other row.
  const claimed = new Set(
    [...suspects.values()].flatMap((each) => (each.isCorrected ? (each.besideLineId ?? []) : [])),
  );
  const lines = groupBy(
    work
      .lines()
      .filter(
        (each) =>
          each.isFree &&
          each.line.storedBeforeSnapshot &&
          !claimed.has(each.line.lineId) &&
          !isToldOtherwise(work, each),
      ),
    (line) => `${dayOf(line)} ${line.line.amountMinor}`,
  );
  const isNameless = work.rows().every((row) => work.read(row).code === null);
  for (const [key, shown] of rows) {
    const known = lines.get(key) ?? [];
    if (known.length === 0) continue;
    const isCountedTwice =
      shown.length === known.length &&
      (shown.every((row) => readsOf(row) > 0) ||
        known.every((line) => isCounted(line, isNameless)));
    if (isCountedTwice) tieEach(work, shown, known);
    else if (shown.every((row) => readsOf(row) > 0)) tieOwnerless(work, shown, known);
  }
}

/** Only webhooks told of it, and the bank has shown its id beside another amount: it was corrected since. */
function isToldOtherwise({ amountsOf }: Work, { line }: OpenLine): boolean {
  return (
    line.appearances.length > 0 &&
    line.appearances.every(
      ({ bankId, feed }) =>
        feed === 'webhook' &&
        bankId !== null &&
        amountsOf(bankId).some((amount) => amount !== line.amountMinor),
    )
  );
}

/** Another complete read showed it, or no customer is named on either side. */
function isCounted({ line, codes, isShownHere }: OpenLine, isNameless: boolean): boolean {
  if (isShownHere) return false;
  return (
    line.appearances.some(({ feed }) => feed !== 'webhook') || (codes.size === 0 && isNameless)
  );
}

/** A line without an owner may take any row that names one: what the customer gets is the same. */
function tieOwnerless(work: Work, rows: readonly SnapshotRow[], lines: readonly OpenLine[]): void {
  tieEach(
    work,
    rows.filter((row) => work.read(row).code !== null),
    lines.filter(({ codes }) => codes.size === 0),
  );
}

/** Ties what names one customer or none on both sides first, and then what does not contradict. */
function tieEach(work: Work, rows: readonly SnapshotRow[], lines: readonly OpenLine[]): void {
  const queues = createQueues(lines, (line) => [ANY, ...codesOrNone(line)]);
  const tie = (row: SnapshotRow, keys: readonly string[]) => {
    const line = queues.first(keys);
    if (line === undefined) return false;
    queues.take(line);
    work.tie(row, line, 'count');
    return true;
  };
  const left = rows.filter((row) => !tie(row, [work.read(row).code ?? '']));
  for (const row of left) {
    const { code } = work.read(row);
    tie(row, code === null ? [ANY] : [code, '']);
  }
}
