import type { Transaction } from '../../db/client.ts';
import {
  findLinesOfAppearances,
  findLinesOfRuns,
  listHeldRows,
  listKnownLines,
  listLinesWithAppearances,
} from '../../db/queries/known-lines.ts';
import {
  KEY_SCHEME,
  type HeldRow,
  type KnownLine,
  type RowPlacements,
  type SnapshotRow,
} from '../../domain/line/identity.ts';
import { placeRows } from '../../domain/line/place-rows.ts';
import { matchFacts } from '../../domain/line/work.ts';
import { addDays, type LocalDate } from '../../domain/local-date.ts';
import type { Capture } from './capture.ts';
import { holdRepeatedBatches } from './hold-repeats.ts';

/** Sources may date a line, and banks a notice, some days apart: lines this many days around are compared. */
const NEIGHBOUR_DAYS = 3;
/** Held rows this many days around a read may be its lines. */
const HELD_DAYS = 6;

/** Everything that a read decides, and the stable ids that name a line already. */
export interface Decision extends RowPlacements {
  readonly usedKeys: Set<string>;
}

interface Days {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/**
 * Places the rows of a capture. Most rows equal the facts of a known line; only where rows or lines are left over are
 * the other wordings, ids and balances of lines read.
 */
export async function placeCapture(
  tx: Transaction,
  capture: Capture,
  rows: readonly SnapshotRow[],
): Promise<Decision> {
  const days = daysOf(capture, rows);
  if (days === null) return { ...NOTHING, usedKeys: new Set() };
  const { accountKey, feed, scope } = capture;
  const source = capture.source ?? feed;
  const held = await listHeldRows(tx, { accountKey, ...around(days, HELD_DAYS) });
  const stored = await listKnownLines(tx, {
    accountKey,
    source,
    days,
    neighbours: around(days, NEIGHBOUR_DAYS),
    amounts: [...new Set([...rows.flatMap(amountsOf), ...held.map((row) => row.amountMinor)])],
    everyAmount: scope.kind === 'complete',
    keyScheme: KEY_SCHEME,
    factsKeys: rows
      .filter(({ bookingDate: day }) => day < days.from || day > days.to)
      .map(({ factsKey }) => factsKey),
    readStartedAt: capture.startedAt,
  });
  const known = stored.filter(({ isSame }) => !isSame);
  const found = await addAppearances(tx, capture, { known, held, rows });
  const others = await findLinesOfRuns(tx, {
    lineIds: found.map(({ lineId }) => lineId),
    runIds: capture.disjointRunIds ?? [],
  });
  const detailed = found.filter(({ lineId }) => !others.has(lineId));
  const disjoint = [
    ...found.filter(({ lineId }) => others.has(lineId)),
    ...stored.filter(({ isSame }) => isSame),
  ];
  const decision = placeRows({ known: detailed, held, disjoint }, { feed, source, scope, rows });
  const { newLines, released } = await holdRepeatedBatches(tx, capture, decision.newLines);
  return {
    ...decision,
    newLines,
    released: [...decision.released, ...released],
    usedKeys: new Set(
      found.flatMap(({ appearances }) => appearances.flatMap(({ bankId }) => bankId ?? [])),
    ),
  };
}

const NOTHING: RowPlacements = {
  newLines: [],
  ties: [],
  waiting: [],
  endedRows: [],
  stillHeld: [],
  released: [],
  missing: [],
};

function amountsOf({ amountMinor, batch }: SnapshotRow): readonly bigint[] {
  return batch === null ? [amountMinor] : [amountMinor, batch.amountMinor];
}

function around({ from, to }: Days, days: number): Days {
  return { from: addDays(from, -days), to: addDays(to, days) };
}

/** The days that a capture covers, or those of its rows; null if it shows nothing. */
function daysOf({ scope }: Capture, rows: readonly SnapshotRow[]): Days | null {
  if (scope.kind === 'complete') return scope;
  const dates = rows.map((row) => row.bookingDate).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return first === undefined || last === undefined ? null : { from: first, to: last };
}

/**
 * Replaces the lines that rows or held rows may be by the same lines with their appearances, and adds lines of other days
 * that were shown in a row's wording, under its id, or as parts of its amount.
 */
async function addAppearances(
  tx: Transaction,
  { accountKey, feed, startedAt }: Capture,
  found: {
    readonly known: readonly KnownLine[];
    readonly held: readonly HeldRow[];
    readonly rows: readonly SnapshotRow[];
  },
): Promise<readonly KnownLine[]> {
  const { held, known, rows } = found;
  const left = feed === 'webhook' ? { rows, lines: known } : matchFacts(known, rows);
  const heldAmounts = new Set(held.map(({ amountMinor }) => amountMinor));
  const more =
    left.rows.length === 0
      ? []
      : await findLinesOfAppearances(tx, {
          accountKey,
          factsKeys: [...new Set(left.rows.map(({ factsKey }) => factsKey))],
          bankIds: [...new Set(left.rows.flatMap(({ shownId }) => shownId ?? []))],
          totals: left.rows.map(({ amountMinor, bookingDate: day }) => ({ day, amountMinor })),
        });
  // Another wording may name the customer of a line that the row of its first, nameless words shows.
  const leftAmounts = new Set(left.rows.map(({ amountMinor }) => amountMinor));
  const nameless = known.filter(
    (line) => leftAmounts.has(line.amountMinor) && !/CUS/i.test(line.references.join(' ')),
  );
  const lineIds = new Set([
    ...nameless.map(({ lineId }) => lineId),
    ...left.lines.map(({ lineId }) => lineId),
    ...more,
    ...known.filter((line) => heldAmounts.has(line.amountMinor)).map(({ lineId }) => lineId),
  ]);
  const detailed = await listLinesWithAppearances(tx, {
    lineIds: [...lineIds],
    readStartedAt: startedAt,
  });
  // In the order of capture, so that equal lines take equal rows in the same order in every read.
  return [
    ...known.filter(({ lineId }) => !lineIds.has(lineId)),
    ...detailed.filter(({ isSame }) => !isSame),
  ].toSorted((a, b) => (BigInt(a.lineId) < BigInt(b.lineId) ? -1 : 1));
}
