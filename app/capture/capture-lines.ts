import type { Database, Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { recordAbsences } from '../../db/queries/absences.ts';
import {
  allowLongStatements,
  attachHeldSightings,
  insertLines,
  insertSightings,
  lockBankAccountForCapture,
  replacePendingLines,
  type Appearance,
  type LineInsert,
  type SightingInsert,
} from '../../db/queries/capture.ts';
import { listHeldSightings, listKnownLines } from '../../db/queries/known-lines.ts';
import {
  identify,
  KEY_SCHEME,
  type HoldReason,
  type RowPlacements,
  type NewLine,
  type SnapshotRow,
  type SnapshotScope,
} from '../../domain/line/identity.ts';
import { lineTexts } from '../../domain/line/line-texts.ts';
import { addDays, type LocalDate } from '../../domain/local-date.ts';
import { signedMinor, type FeedKind, type Sighting } from '../../domain/line/sighting.ts';
import { summarise, type CaptureOutcome } from './capture-outcome.ts';
import { holdRepeatedBatches } from './hold-repeats.ts';
import { bankIdOf, factsKeyOf, storable, transactionKey } from './stored-texts.ts';

const INSERT_BATCH = 1_000;
const CAPTURE_STATEMENT_TIMEOUT_MS = 45_000;
/** Edited lines may move a few days: lines this many days outside the window are compared. */
const NEIGHBOUR_DAYS = 6;

/** The lines that one feed showed of one bank account. */
export interface Capture {
  readonly accountKey: string;
  readonly feed: FeedKind;
  /** The file format if the feed is `file`, since two formats word one line differently. Default: the feed. */
  readonly source?: string;
  readonly idStable: boolean;
  readonly runId: string | null;
  readonly scope: SnapshotScope;
  readonly startedAt: Date;
  readonly sightings: readonly Sighting[];
  /** Holds that the source itself calls for, one for each of `sightings`. */
  readonly holds?: readonly (HoldReason | null)[];
}

/** Captures in its own transaction. */
export async function captureLines(database: Database, capture: Capture): Promise<CaptureOutcome> {
  return database.transaction((tx) => captureLinesIn(tx, capture));
}

/**
 * Stores the new lines of a capture with their origin journals and deposits, and matches the other rows to known lines.
 * Counting and storing are one step under the bank account's lock, so racing feeds agree on each line.
 */
export async function captureLinesIn(tx: Transaction, capture: Capture): Promise<CaptureOutcome> {
  await lockBankAccountForCapture(tx, capture.accountKey);
  await allowLongStatements(tx, CAPTURE_STATEMENT_TIMEOUT_MS);
  const rows = capture.sightings.map((sighting, index) => toRow(capture, sighting, index));
  const booked = rows.filter((row) => capture.sightings[row.index]?.status === 'booked');
  if (capture.scope.kind === 'complete') await storePending(tx, capture, capture.scope, rows);
  const decision = await decide(tx, capture, booked);
  const resolving = new Set(
    decision.resolvedHolds.map((hold) => ('newLineIndex' in hold ? hold.newLineIndex : -1)),
  );
  const lines = decision.newLines.map((line, index) =>
    toLineInsert(capture, line, {
      usedKeys: decision.usedKeys,
      resolvesHold: resolving.has(index),
    }),
  );
  const lineIds = await storeLines(tx, capture, lines);
  await storeSightings(tx, capture, decision, { lines, lineIds });
  return summarise(capture.sightings, decision, lines, lineIds);
}

function toRow(capture: Capture, sighting: Sighting, index: number): SnapshotRow {
  return {
    index,
    factsKey: factsKeyOf(capture.accountKey, sighting),
    stableId: capture.idStable ? bankIdOf(sighting) : null,
    shownId: bankIdOf(sighting),
    bookingDate: sighting.bookingDate,
    amountMinor: signedMinor(sighting),
    references: lineTexts(sighting),
  };
}

interface Decision extends RowPlacements {
  /** Stable ids that name a line already. */
  readonly usedKeys: Set<string>;
}

async function decide(
  tx: Transaction,
  capture: Capture,
  rows: readonly SnapshotRow[],
): Promise<Decision> {
  if (rows.length === 0 && capture.scope.kind === 'partial') {
    return {
      newLines: [],
      attached: [],
      held: [],
      resolvedHolds: [],
      missing: [],
      usedKeys: new Set(),
    };
  }
  const days = daysOf(capture.scope, rows);
  const neighbours = {
    from: addDays(days.from, -NEIGHBOUR_DAYS),
    to: addDays(days.to, NEIGHBOUR_DAYS),
  };
  const held = await listHeldSightings(tx, { accountKey: capture.accountKey, ...neighbours });
  const isWithin = (day: LocalDate) => day >= days.from && day <= days.to;
  const isComplete = capture.scope.kind === 'complete';
  const known = await listKnownLines(tx, {
    ...appearanceOf(capture),
    days,
    neighbours,
    amounts: [...new Set(rows.map((row) => row.amountMinor))],
    everyAmount: isComplete,
    heldAmounts: isComplete
      ? held.filter((hold) => isWithin(hold.bookingDate)).map((hold) => hold.amountMinor)
      : [],
    keyScheme: KEY_SCHEME,
    factsKeys: rows.filter((row) => !isWithin(row.bookingDate)).map((row) => row.factsKey),
    bankIds: rows.flatMap((row) => row.stableId ?? []),
    snapshotStartedAt: capture.startedAt,
  });
  const decision = identify(known, held, rows, capture.scope);
  return {
    ...decision,
    newLines: await holdRepeatedBatches(tx, capture, decision.newLines),
    usedKeys: new Set(known.flatMap((line) => line.stableIds)),
  };
}

function daysOf(
  scope: SnapshotScope,
  rows: readonly SnapshotRow[],
): { from: LocalDate; to: LocalDate } {
  const dates = rows.map((row) => row.bookingDate).sort();
  const [first, last] = [dates[0], dates[dates.length - 1]];
  if (scope.kind === 'complete') return { from: scope.from, to: scope.to };
  if (first === undefined || last === undefined)
    throw new RangeError('A partial capture has rows.');
  return { from: first, to: last };
}

function toLineInsert(
  capture: Capture,
  line: NewLine,
  { usedKeys, resolvesHold }: { readonly usedKeys: Set<string>; readonly resolvesHold: boolean },
): LineInsert {
  const sighting = sightingOf(capture, line.row);
  return {
    factsKey: line.row.factsKey,
    occurrence: line.occurrence,
    transactionKey: transactionKey(line, usedKeys),
    bookingDate: sighting.bookingDate,
    valueDate: sighting.valueDate,
    amountMinor: line.row.amountMinor,
    currency: sighting.currency,
    reversal: sighting.reversal,
    references: sighting.references.map(storable),
    text: storable(sighting.text),
    counterpartyName:
      sighting.counterparty.name === null ? null : storable(sighting.counterparty.name),
    counterpartyAccount:
      sighting.counterparty.account === null ? null : storable(sighting.counterparty.account),
    depositId: newId('deposit'),
    hold: holdOf(capture, line, sighting),
    // This may be the very sighting whose hold the row resolves, and that one is attached first.
    seen: resolvesHold ? null : { bankId: bankIdOf(sighting), reference: shownAs(line.row) },
  };
}

function holdOf(capture: Capture, line: NewLine, sighting: Sighting): HoldReason | null {
  if (line.hold !== null) return line.hold;
  if (sighting.reversal && sighting.direction === 'credit') return 'reversal_unpaired';
  return capture.holds?.[line.row.index] ?? null;
}

async function storeLines(
  tx: Transaction,
  capture: Capture,
  lines: readonly LineInsert[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let start = 0; start < lines.length; start += INSERT_BATCH) {
    const batch = lines.slice(start, start + INSERT_BATCH);
    ids.push(
      ...(await insertLines(tx, {
        ...appearanceOf(capture),
        keyScheme: KEY_SCHEME,
        lines: batch,
      })),
    );
  }
  return ids;
}

async function storeSightings(
  tx: Transaction,
  capture: Capture,
  decision: RowPlacements,
  {
    lines,
    lineIds,
  }: { readonly lines: readonly LineInsert[]; readonly lineIds: readonly string[] },
): Promise<void> {
  const rows: SightingInsert[] = [
    ...decision.newLines.flatMap(({ row }, index) =>
      lines[index]?.seen === null ? [toSighting(capture, row, lineIds[index] ?? null)] : [],
    ),
    ...decision.attached.map(({ row, lineId }) => toSighting(capture, row, lineId)),
    ...decision.held.map((row) => toSighting(capture, row, null)),
  ];
  const resolved = decision.resolvedHolds.flatMap((hold) => {
    const lineId = 'lineId' in hold ? hold.lineId : lineIds[hold.newLineIndex];
    return lineId === undefined ? [] : [{ heldId: hold.heldId, lineId }];
  });
  // First, since a row of this capture may be the held sighting itself.
  await attachHeldSightings(tx, resolved);
  if (capture.feed === 'poll' && capture.runId !== null) {
    await recordAbsences(tx, {
      runId: capture.runId,
      missing: decision.missing,
      seen: decision.attached.map(({ lineId }) => lineId),
    });
  }
  for (let start = 0; start < rows.length; start += INSERT_BATCH) {
    await insertSightings(tx, appearanceOf(capture), rows.slice(start, start + INSERT_BATCH));
  }
}

function appearanceOf({ accountKey, feed, source, runId }: Capture): Appearance {
  return { accountKey, feed, source: source ?? feed, runId };
}

function toSighting(capture: Capture, row: SnapshotRow, lineId: string | null): SightingInsert {
  const sighting = sightingOf(capture, row);
  return {
    lineId,
    bankId: bankIdOf(sighting),
    factsKey: row.factsKey,
    bookingDate: row.bookingDate,
    amountMinor: row.amountMinor,
    reference: shownAs(row),
  };
}

function shownAs(row: SnapshotRow): string | null {
  return storable(row.references[0] ?? '') || null;
}

async function storePending(
  tx: Transaction,
  capture: Capture,
  days: { readonly from: LocalDate; readonly to: LocalDate },
  rows: readonly SnapshotRow[],
): Promise<void> {
  const occurrences = new Map<string, number>();
  const pending = rows.flatMap((row) => {
    const sighting = sightingOf(capture, row);
    if (sighting.status !== 'pending') return [];
    const occurrence = (occurrences.get(row.factsKey) ?? 0) + 1;
    occurrences.set(row.factsKey, occurrence);
    return [{ ...toSighting(capture, row, null), occurrence, currency: sighting.currency }];
  });
  await replacePendingLines(tx, capture.accountKey, days, pending);
}

function sightingOf(capture: Capture, row: SnapshotRow): Sighting {
  const sighting = capture.sightings[row.index];
  if (sighting === undefined) throw new RangeError(`Sighting ${row.index} does not exist.`);
  return sighting;
}
