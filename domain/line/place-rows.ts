import { endHeldRows, type Answer } from './held-rows.ts';
import type {
  Evidence,
  HeldRow,
  KnownLine,
  NewLine,
  RowPlacements,
  SnapshotRow,
  SnapshotScope,
} from './identity.ts';
import { tieByEvidence } from './evidence-passes.ts';
import { placeLeftovers } from './leftovers.ts';
import { placeNotices } from './notices.ts';
import type { FeedKind } from './sighting.ts';
import { beginWork, matchFacts, type Work } from './work.ts';
import { tieWholes } from './wholes.ts';

/** One read of an account: a poll's window, a group of a statement's days, or a batch of webhooks. */
export interface Read {
  readonly feed: FeedKind;
  /** The poll, the webhook, or one file format. */
  readonly source: string;
  readonly scope: SnapshotScope;
  readonly rows: readonly SnapshotRow[];
}

/** What is stored of the lines and held rows that a read may show. */
export interface Stored {
  /** Lines of the read's days and around them, and those with the facts, the ids or the batches of its rows. */
  readonly known: readonly KnownLine[];
  readonly held: readonly HeldRow[];
  /** Lines that no row can be, since another statement showed them; equal lines are numbered after them. */
  readonly disjoint?: readonly KnownLine[];
}

/**
 * Decides for each row of a read whether it is a known line, a new one, or a row that must wait; docs/identity.md explains
 * it on one page. Credits and debits follow the same rules. The caller holds repeated batches (`holdRepeats`).
 */
export function placeRows({ disjoint = [], held, known }: Stored, read: Read): RowPlacements {
  const rows = dropRepeats(read.rows);
  const heldOf = new Map(
    held.filter(({ source }) => source === read.source).map((each) => [keyOfHeld(each), each]),
  );
  const heldAs = new Map([...heldOf.values()].map((each) => [each.factsKey, each]));
  // Of equal rows, reads may tie one or the other: they wait as one.
  const heldBefore = (row: SnapshotRow) =>
    heldOf.get(keyOfRow(row)) ?? heldAs.get(row.factsKey) ?? null;
  const isNotice = read.feed === 'webhook';
  const work = beginWork(
    isNotice ? { known, ties: [], rows, lines: known } : matchFacts(known, rows),
    read,
  );
  if (!isNotice) {
    tieByEvidence(work);
    tieWholes(work);
  }
  const again = new Set(rows.map(keyOfRow));
  const isReshown = (each: HeldRow) => each.source === read.source && again.has(keyOfHeld(each));
  const rest = held.filter((each) => !isReshown(each));
  const gone = rest.filter((each) => each.source === read.source && isCovered(read.scope, each));
  const left = isNotice ? placeNotices(work) : placeLeftovers(work, { heldBefore, gone });
  const fresh = number([...known, ...disjoint], left.fresh);
  const others = isNotice
    ? { ended: [], still: [] }
    : endHeldRows(rest, answersOf(known, work, fresh), read, work.read);
  const newLines = inheritHolds(fresh, rest, others.ended, work);
  const shown = { ties: work.ties, waiting: left.waiting, newLines };
  return {
    newLines,
    ties: work.ties,
    waiting: left.waiting,
    endedRows: [...endShown(held.filter(isReshown), shown), ...others.ended],
    stillHeld: others.still,
    released: isNotice ? [] : releasedBy(known, work),
    missing: missingOf(
      work,
      left.waiting.map(({ besideLineId }) => besideLineId),
    ),
  };
}

/** Holds the new lines that belong to a repeated batch (`findRepeatedBatch`). */
export function holdRepeats(
  newLines: readonly NewLine[],
  repeated: ReadonlySet<SnapshotRow>,
): readonly NewLine[] {
  if (repeated.size === 0) return newLines;
  const hold = { reason: 'possible_duplicate', besideLineId: null } as const;
  return newLines.map((line) =>
    repeated.has(line.row) ? { ...line, hold: line.hold ?? hold } : line,
  );
}

/** A page that the bank served twice repeats stable ids with the same facts. Without stable ids every row counts. */
function dropRepeats(rows: readonly SnapshotRow[]): readonly SnapshotRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    if (row.stableId === null) return true;
    const key = `${row.stableId}\u0000${row.factsKey}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function keyOfRow({ shownId, factsKey }: SnapshotRow): string {
  return `${shownId ?? ''}\u0000${factsKey}`;
}

function keyOfHeld({ bankId, factsKey }: HeldRow): string {
  return `${bankId ?? ''}\u0000${factsKey}`;
}

function isCovered(scope: SnapshotScope, { bookingDate }: HeldRow): boolean {
  return scope.kind === 'complete' && bookingDate >= scope.from && bookingDate <= scope.to;
}

/** Numbers new lines among all lines of the same facts. */
function number(
  known: readonly KnownLine[],
  fresh: readonly Omit<NewLine, 'occurrence'>[],
): readonly NewLine[] {
  const last = new Map<string, number>();
  for (const { factsKey, occurrence } of known)
    last.set(factsKey, Math.max(occurrence, last.get(factsKey) ?? 0));
  return fresh.map(({ row, hold }) => {
    const occurrence = (last.get(row.factsKey) ?? 0) + 1;
    last.set(row.factsKey, occurrence);
    return { row, hold, occurrence };
  });
}

/** A new line that is a held row has its hold, unless this read shows the line that the row may be. */
function inheritHolds(
  newLines: readonly NewLine[],
  held: readonly HeldRow[],
  ended: RowPlacements['endedRows'],
  work: Work,
): readonly NewLine[] {
  if (ended.length === 0) return newLines;
  const shown = new Set(work.ties.map(({ lineId }) => lineId));
  const heldOf = new Map(held.map((row) => [row.heldId, row]));
  const holds = new Map<number, NewLine['hold']>();
  for (const { heldId, newLineIndex } of ended) {
    const row = heldOf.get(heldId);
    if (newLineIndex === null || row === undefined || row.reason === 'possible_duplicate') continue;
    if (row.besideLineId !== null && !shown.has(row.besideLineId))
      holds.set(newLineIndex, { reason: row.reason, besideLineId: row.besideLineId });
  }
  return newLines.map((line, index) => ({ ...line, hold: line.hold ?? holds.get(index) ?? null }));
}

/** Rows of this read that an earlier read of the source held, and that are placed now. */
function endShown(
  held: readonly HeldRow[],
  shown: Pick<RowPlacements, 'ties' | 'waiting' | 'newLines'>,
): RowPlacements['endedRows'] {
  if (held.length === 0) return [];
  const waits = new Set(shown.waiting.map(({ row }) => keyOfRow(row)));
  const ties = new Map(shown.ties.map((tie) => [keyOfRow(tie.row), tie]));
  const fresh = new Map(shown.newLines.map(({ row }, index) => [keyOfRow(row), index]));
  return held.flatMap((each) => {
    const key = keyOfHeld(each);
    if (waits.has(key)) return [];
    const tie = ties.get(key);
    const newLineIndex = fresh.get(key) ?? null;
    if (tie === undefined && newLineIndex === null) return [];
    return [
      {
        heldId: each.heldId,
        lineId: tie?.lineId ?? null,
        newLineIndex: tie === undefined ? newLineIndex : null,
        evidence: tie?.evidence ?? null,
      },
    ];
  });
}

function answersOf(
  known: readonly KnownLine[],
  work: Work,
  newLines: readonly NewLine[],
): readonly Answer[] {
  const rowOf = new Map(work.ties.map(({ row, lineId }) => [lineId, row]));
  return [
    ...known.map((line) => ({
      lineId: line.lineId,
      newLineIndex: null,
      known: line,
      row: rowOf.get(line.lineId) ?? null,
    })),
    ...newLines.map(({ row }, newLineIndex) => ({ lineId: null, newLineIndex, known: null, row })),
  ];
}

const SURE: ReadonlySet<Evidence> = new Set<Evidence>(['facts', 'balance', 'id', 'code']);

/**
 * A held line and the one that it was held beside, both in one read of one source, are two. Not while a line that says the
 * same as the other one is gone: then a row that equals both may stand for either.
 */
function releasedBy(known: readonly KnownLine[], work: Work): readonly string[] {
  // What only a count or likeness tied may be another line after all.
  const shown = new Set(
    work.ties.flatMap(({ evidence, lineId }) => (SURE.has(evidence) ? [lineId] : [])),
  );
  const gone = new Set(
    work.lines().flatMap(({ isGone, line }) => (isGone ? keysOf(work, line) : [])),
  );
  const lineOf = new Map(known.map((line) => [line.lineId, line]));
  return known.flatMap(({ hold, lineId }) => {
    const beside = lineOf.get(hold?.besideLineId ?? '');
    if (beside === undefined || !shown.has(lineId) || !shown.has(beside.lineId)) return [];
    return keysOf(work, beside).some((key) => gone.has(key)) ? [] : [lineId];
  });
}

function keysOf(work: Work, line: KnownLine): readonly string[] {
  const { code } = work.read(line);
  return [line.factsKey, ...(code === null ? [] : [`${line.amountMinor} ${code}`])];
}

/** Lines that a row may be after all are not missing. */
function missingOf(work: Work, besides: readonly (string | null)[]): readonly string[] {
  if (work.reading.scope.kind !== 'complete') return [];
  const maybe = new Set(besides);
  return work
    .lines()
    .filter(
      ({ isWithin, line }) => isWithin && line.storedBeforeSnapshot && !maybe.has(line.lineId),
    )
    .map(({ line }) => line.lineId);
}
