import { resolveHolds, type HeldSighting, type ResolvedHold } from './resolve-holds.ts';
import type { LocalDate } from '../local-date.ts';
import { groupBy } from '../group-by.ts';
import { createLikeness, type Likeness } from './look-alike.ts';
import { normaliseReference } from '../reference/reference.ts';
import { tieWithinDay } from './same-day-ties.ts';
import { signedMinor, type Sighting } from './sighting.ts';

/** Version of the facts rule below. It is stored with each line, so a new rule is never compared with old keys. */
export const KEY_SCHEME = 1;

/** Reasons why a line is not credited without a person. */
export type HoldReason =
  | 'possible_duplicate'
  | 'edited_look_alike'
  | 'id_reused'
  | 'currency_mismatch'
  | 'unreadable'
  | 'reversal_unpaired'
  | 'proof_absent';

/**
 * The facts that identify a line where no id can be trusted, as one unambiguous text (each part carries its length).
 * The caller hashes it. Two sightings with the same text are one line or real twins; only counting tells which.
 * @param bookingDate give another day to look for the same payment there
 */
export function factsText(
  bankAccountKey: string,
  sighting: Sighting,
  bookingDate = sighting.bookingDate,
): string {
  const parts = [
    bankAccountKey,
    bookingDate,
    signedMinor(sighting).toString(),
    sighting.currency,
    normaliseReference(sighting.references[0] ?? sighting.text),
  ];
  return parts.map((part) => `${part.length}:${part}`).join('|');
}

/** One row of a snapshot, reduced to what identity needs. `index` leads back to the sighting. */
export interface SnapshotRow {
  readonly index: number;
  readonly factsKey: string;
  /** Null unless the feed declares that its ids are stable. */
  readonly stableId: string | null;
  /** The bank's id as this feed shows it, trusted or not: evidence together with equal facts. */
  readonly shownId: string | null;
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  /** As the bank wrote them, most trusted first; the bank's own wording where there are none. */
  readonly references: readonly string[];
}

/** A stored line. `amountMinor` is signed. */
export interface KnownLine {
  readonly lineId: string;
  readonly factsKey: string;
  readonly occurrence: number;
  readonly stableIds: readonly string[];
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly references: readonly string[];
  /** True if it was stored before the snapshot was requested: only then does its absence from the snapshot count. */
  readonly storedBeforeSnapshot: boolean;
  /** Its ids in the feed that is being read; any other id of this feed is another line. */
  readonly idsOfFeed: readonly string[];
  /** True if the source that is being read (the poll, the webhook, one file format) has shown it before. */
  readonly seenBySource: boolean;
}

/** The extent of a read: all rows of whole days (`complete`), or single rows, which leave the rest of their day open. */
export type SnapshotScope =
  | {
      readonly kind: 'complete';
      readonly from: LocalDate;
      readonly to: LocalDate;
      readonly lastClosedDay: LocalDate;
    }
  | { readonly kind: 'partial' };

export interface NewLine {
  readonly row: SnapshotRow;
  readonly occurrence: number;
  readonly hold: HoldReason | null;
}

/** New lines to store, rows attached to known lines as further sightings, rows held, and earlier holds now resolved. */
export interface RowPlacements {
  readonly newLines: readonly NewLine[];
  readonly attached: readonly { readonly row: SnapshotRow; readonly lineId: string }[];
  readonly held: readonly SnapshotRow[];
  readonly resolvedHolds: readonly ResolvedHold[];
  /** Known lines of the complete days that the snapshot lacks. */
  readonly missing: readonly string[];
}

interface Tally {
  readonly newLines: NewLine[];
  readonly attached: { row: SnapshotRow; lineId: string }[];
  readonly held: SnapshotRow[];
  readonly seen: Set<string>;
  readonly likeness: Likeness;
  readonly occurrences: Map<string, number>;
}

/**
 * Separates new lines from known ones; this is why each line is stored once.
 * Stable ids tie first. The remaining rows are counted by facts key within complete days, n seen and m known: n > m means
 * n − m new lines, n ≤ m none. A partial row that equals a known line except for its id is held, and so is one that looks
 * like another feed's line of its day. The caller holds repeated batches (`holdRepeats`).
 * @param known the lines that `rows` may be: those of the same and near days, of the same facts, and of the same ids
 */
export function identify(
  known: readonly KnownLine[],
  held: readonly HeldSighting[],
  rows: readonly SnapshotRow[],
  scope: SnapshotScope,
): RowPlacements {
  const tally: Tally = {
    newLines: [],
    attached: [],
    held: [],
    seen: new Set(),
    likeness: createLikeness(),
    occurrences: new Map(),
  };
  for (const line of known) {
    tally.occurrences.set(
      line.factsKey,
      Math.max(line.occurrence, tally.occurrences.get(line.factsKey) ?? 0),
    );
  }
  const { untied, reusedIds } = tieByStableId(known, dropRepeats(rows), tally);
  if (scope.kind === 'partial') placePartialRows(known, untied, reusedIds, tally);
  else countByFacts(known, untied, reusedIds, scope, tally);
  const { newLines, attached } = tally;
  const resolvedHolds = resolveHolds(held, known, tally, scope.kind === 'complete' ? scope : null);
  const missing = known
    .filter((line) => line.storedBeforeSnapshot && isMissing(line, scope, tally))
    .map((line) => line.lineId);
  return { newLines, attached, held: tally.held, resolvedHolds, missing };
}

/** Holds the new lines that belong to a repeated batch (`findRepeatedBatch`). */
export function holdRepeats(
  newLines: readonly NewLine[],
  repeated: ReadonlySet<SnapshotRow>,
): readonly NewLine[] {
  if (repeated.size === 0) return newLines;
  return newLines.map((line) =>
    repeated.has(line.row) ? { ...line, hold: line.hold ?? 'possible_duplicate' } : line,
  );
}

function isMissing(line: KnownLine, scope: SnapshotScope, tally: Tally): boolean {
  return (
    scope.kind === 'complete' &&
    !tally.seen.has(line.lineId) &&
    line.bookingDate >= scope.from &&
    line.bookingDate <= scope.to
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

/**
 * Ties rows to lines that were seen under the same stable id: first where the facts agree too, then where the amount
 * agrees (an edited text is a new version of the line). The bank has reused an id that comes with another amount, with
 * another customer's code, weeks later, or on two different rows: such rows are counted by their facts and held.
 */
function tieByStableId(known: readonly KnownLine[], rows: readonly SnapshotRow[], tally: Tally) {
  const linesOfId = groupBy(
    known.flatMap((line) => line.stableIds.map((id) => ({ id, line }))),
    ({ id }) => id,
  );
  const tie = (row: SnapshotRow, agrees: (line: KnownLine) => boolean): boolean => {
    if (row.stableId === null) return false;
    const line = linesOfId
      .get(row.stableId)
      ?.map((each) => each.line)
      .find((each) => !tally.seen.has(each.lineId) && agrees(each));
    if (line === undefined) return false;
    tally.seen.add(line.lineId);
    tally.attached.push({ row, lineId: line.lineId });
    return true;
  };
  const changed = rows.filter((row) => !tie(row, (line) => line.factsKey === row.factsKey));
  const untied = changed.filter(
    (row) => !tie(row, (line) => tally.likeness.mayBeEdited(line, row)),
  );
  const rowsOfId = new Map<string, number>();
  for (const { stableId } of rows) {
    if (stableId !== null) rowsOfId.set(stableId, (rowsOfId.get(stableId) ?? 0) + 1);
  }
  const reusedIds = new Set(
    untied.filter(
      ({ stableId }) =>
        stableId !== null && (linesOfId.has(stableId) || (rowsOfId.get(stableId) ?? 0) > 1),
    ),
  );
  return { untied, reusedIds };
}

function placePartialRows(
  known: readonly KnownLine[],
  rows: readonly SnapshotRow[],
  reusedIds: ReadonlySet<SnapshotRow>,
  tally: Tally,
): void {
  const facts = new Set(known.map((line) => line.factsKey));
  // No two lines of different amounts are compared.
  const suspects = groupBy(
    known.filter((line) => !tally.seen.has(line.lineId)),
    (line) => line.amountMinor,
  );
  // If every candidate line already has an id from this feed, this id is a new line. One id may have been shown under two
  // texts, so the ids are counted and not the lines that have one.
  const looksKnown = (row: SnapshotRow): boolean => {
    const alike = (suspects.get(row.amountMinor) ?? []).filter(
      (line) =>
        (line.bookingDate === row.bookingDate || !line.seenBySource) &&
        tally.likeness.looksAlike(line, row),
    );
    if (row.stableId === null) return alike.length > 0;
    return alike.length > new Set(alike.flatMap((line) => line.idsOfFeed)).size;
  };
  for (const row of rows) {
    const isReused = reusedIds.has(row);
    if (facts.has(row.factsKey) || (!isReused && looksKnown(row))) {
      tally.held.push(row);
      continue;
    }
    facts.add(row.factsKey);
    addNewLine(row, isReused ? 'id_reused' : null, tally);
  }
}

function countByFacts(
  known: readonly KnownLine[],
  rows: readonly SnapshotRow[],
  reusedIds: ReadonlySet<SnapshotRow>,
  scope: SnapshotScope,
  tally: Tally,
): void {
  const free = groupBy(
    known.filter((line) => !tally.seen.has(line.lineId)),
    (line) => line.factsKey,
  );
  const attach = (row: SnapshotRow, line: KnownLine) => {
    tally.seen.add(line.lineId);
    tally.attached.push({ row, lineId: line.lineId });
  };
  const unmatched = rows.filter((row) => {
    const line = free.get(row.factsKey)?.shift();
    if (line === undefined) return true;
    attach(row, line);
    return false;
  });
  if (unmatched.length === 0) return;
  const notReused = unmatched.filter((row) => !reusedIds.has(row));
  const lost = known.filter((line) => isMissing(line, scope, tally));
  const { tied, untied } = tieWithinDay(notReused, lost, tally.likeness);
  for (const { row, line } of tied) attach(row, line);
  // Feeds may date a line a day apart: a line of an adjacent day that this source has not shown may be one of these rows.
  const mayBeShown = known.filter(
    (line) => !tally.seen.has(line.lineId) && (isMissing(line, scope, tally) || !line.seenBySource),
  );
  const isGone = (line: KnownLine) => line.seenBySource && line.storedBeforeSnapshot;
  const looksGone = tally.likeness.among(mayBeShown.filter(isGone));
  const looksKnown = tally.likeness.among(mayBeShown);
  const stillFresh = new Set([...untied, ...reusedIds]);
  for (const row of unmatched) {
    if (!stillFresh.has(row)) continue;
    // Where several rows look like one missing line, nothing shows which of them it is.
    const likeness = looksKnown(row) ? 'possible_duplicate' : null;
    const hold = looksGone(row) ? 'edited_look_alike' : likeness;
    addNewLine(row, reusedIds.has(row) ? 'id_reused' : hold, tally);
  }
}

function addNewLine(row: SnapshotRow, hold: HoldReason | null, tally: Tally): void {
  const occurrence = (tally.occurrences.get(row.factsKey) ?? 0) + 1;
  tally.occurrences.set(row.factsKey, occurrence);
  tally.newLines.push({ row, occurrence, hold });
}
