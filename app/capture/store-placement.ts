import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { recordAbsences } from '../../db/queries/absences.ts';
import {
  countHeldReads,
  endHeldRows,
  holdRows,
  insertLines,
  insertSightings,
  releaseHolds,
  type Appearance,
  type LineInsert,
  type SightingInsert,
} from '../../db/queries/capture.ts';
import {
  KEY_SCHEME,
  type Hold,
  type NewLine,
  type RowPlacements,
  type SnapshotRow,
} from '../../domain/line/identity.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { readReferences } from '../../domain/reference/reference.ts';
import type { Capture } from './capture.ts';
import type { Decision } from './place-capture.ts';
import { bankIdOf, storable, transactionKey } from './stored-texts.ts';

const INSERT_BATCH = 1_000;

/** What was stored of a decision. */
export interface StoredPlacement {
  readonly lines: readonly LineInsert[];
  /** Ids of the new lines, in the order of the decision. */
  readonly lineIds: readonly string[];
}

/** Stores new lines and appearances, rows that wait, and the ends of holds. */
export async function storePlacement(
  tx: Transaction,
  capture: Capture,
  decision: Decision,
): Promise<StoredPlacement> {
  const endsHeldRow = new Set(decision.endedRows.map(({ newLineIndex }) => newLineIndex));
  const lines = decision.newLines.map((line, index) =>
    toLineInsert(capture, line, decision.usedKeys, endsHeldRow.has(index)),
  );
  const lineIds = await storeLines(tx, capture, lines);
  // First, since a row of this capture may be the held row itself.
  await endHeldRows(
    tx,
    decision.endedRows.map(({ heldId, lineId, newLineIndex, evidence }) => ({
      heldId,
      lineId: newLineIndex === null ? lineId : (lineIds[newLineIndex] ?? null),
      evidence,
    })),
  );
  await storeSightings(tx, capture, decision, { lines, lineIds });
  await holdRows(
    tx,
    appearanceOf(capture),
    decision.waiting.map(({ row, reason, besideLineId, reads }) => ({
      ...shownAs(capture, row),
      factsKey: row.factsKey,
      bookingDate: row.bookingDate,
      amountMinor: row.amountMinor,
      reason,
      besideLineId,
      reads,
    })),
  );
  await countHeldReads(tx, decision.stillHeld);
  await releaseHolds(tx, capture.accountKey, decision.released);
  await storeAbsences(tx, capture, decision);
  return { lines, lineIds };
}

async function storeAbsences(
  tx: Transaction,
  { feed, runId }: Capture,
  decision: RowPlacements,
): Promise<void> {
  if (feed !== 'poll' || runId === null) return;
  await recordAbsences(tx, {
    runId,
    missing: decision.missing,
    seen: decision.ties.map(({ lineId }) => lineId),
  });
}

function toLineInsert(
  capture: Capture,
  line: NewLine,
  usedKeys: Set<string>,
  endsHeldRow: boolean,
): LineInsert {
  const sighting = sightingOf(capture, line.row);
  const { account, name } = sighting.counterparty;
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
    counterpartyName: name === null ? null : storable(name),
    counterpartyAccount: account === null ? null : storable(account),
    depositId: newId('deposit'),
    hold: holdOf(capture, line, sighting),
    // The held row becomes its first appearance, if it is this very row.
    seen: endsHeldRow ? null : shownAs(capture, line.row),
  };
}

function holdOf(capture: Capture, line: NewLine, sighting: Sighting): Hold | null {
  if (line.hold !== null) return line.hold;
  const reason =
    sighting.reversal && sighting.direction === 'credit'
      ? ('reversal_unpaired' as const)
      : (capture.holds?.[line.row.index] ?? null);
  return reason === null ? null : { reason, besideLineId: null };
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
      ...(await insertLines(tx, { ...appearanceOf(capture), keyScheme: KEY_SCHEME, lines: batch })),
    );
  }
  return ids;
}

async function storeSightings(
  tx: Transaction,
  capture: Capture,
  decision: RowPlacements,
  { lines, lineIds }: StoredPlacement,
): Promise<void> {
  const toSighting = (
    row: SnapshotRow,
    lineId: string,
    evidence: SightingInsert['evidence'],
  ): SightingInsert => ({
    lineId,
    evidence,
    ...shownAs(capture, row),
    factsKey: row.factsKey,
    bookingDate: row.bookingDate,
    amountMinor: row.amountMinor,
  });
  const rows = [
    ...decision.newLines.flatMap(({ row }, index) => {
      const lineId = lineIds[index];
      return lines[index]?.seen === null && lineId !== undefined
        ? [toSighting(row, lineId, null)]
        : [];
    }),
    ...decision.ties.map(({ row, lineId, evidence }) => toSighting(row, lineId, evidence)),
  ];
  for (let start = 0; start < rows.length; start += INSERT_BATCH) {
    await insertSightings(tx, appearanceOf(capture), rows.slice(start, start + INSERT_BATCH));
  }
}

/** The origin of a capture's rows. */
function appearanceOf({ accountKey, feed, source, runId }: Capture): Appearance {
  return { accountKey, feed, source: source ?? feed, runId };
}

function shownAs(capture: Capture, row: SnapshotRow) {
  return {
    bankId: bankIdOf(sightingOf(capture, row)),
    reference: wordingOf(row),
    balanceMinor: row.balanceMinor,
    batch: row.batch,
  };
}

/** The text that names the customer, or the first one. */
export function wordingOf({ references }: Pick<SnapshotRow, 'references'>): string | null {
  const naming =
    references.length < 2
      ? undefined
      : references.find((text) => readReferences([text]).kind === 'exact');
  return storable(naming ?? references[0] ?? '') || null;
}

/** The sighting that a row was made of. */
export function sightingOf(capture: Capture, row: SnapshotRow): Sighting {
  const sighting = capture.sightings[row.index];
  if (sighting === undefined) throw new RangeError(`Sighting ${row.index} does not exist.`);
  return sighting;
}
