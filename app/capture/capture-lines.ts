import type { Database, Transaction } from '../../db/client.ts';
import {
  allowLongStatements,
  lockBankAccountForCapture,
  replacePendingLines,
} from '../../db/queries/capture.ts';
import type { SnapshotRow } from '../../domain/line/identity.ts';
import { lineTexts } from '../../domain/line/line-texts.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import { signedMinor, type Sighting } from '../../domain/line/sighting.ts';
import type { Capture } from './capture.ts';
import { summarise, type CaptureOutcome } from './capture-outcome.ts';
import { placeCapture } from './place-capture.ts';
import { sightingOf, storePlacement, wordingOf } from './store-placement.ts';
import { bankIdOf, factsKeyOf } from './stored-texts.ts';

const CAPTURE_STATEMENT_TIMEOUT_MS = 45_000;

/** Captures in its own transaction. */
export async function captureLines(database: Database, capture: Capture): Promise<CaptureOutcome> {
  return database.transaction((tx) => captureLinesIn(tx, capture));
}

/**
 * Stores the new lines of a capture with their origin journals and deposits, and matches the other rows to known lines.
 * Placing and storing are one step under the bank account's lock, so racing feeds agree on each line.
 */
export async function captureLinesIn(tx: Transaction, capture: Capture): Promise<CaptureOutcome> {
  await lockBankAccountForCapture(tx, capture.accountKey);
  await allowLongStatements(tx, CAPTURE_STATEMENT_TIMEOUT_MS);
  const rows = capture.sightings.map((sighting, index) => toRow(capture, sighting, index));
  const booked = rows.filter((row) => capture.sightings[row.index]?.status === 'booked');
  if (capture.scope.kind === 'complete') await storePending(tx, capture, capture.scope, rows);
  const decision = await placeCapture(tx, capture, booked);
  const { lines, lineIds } = await storePlacement(tx, capture, decision);
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
    balanceMinor: sighting.runningBalanceMinor,
    batch: sighting.batch ?? null,
  };
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
    const { amountMinor, bookingDate, factsKey } = row;
    const { currency } = sighting;
    const reference = wordingOf(row);
    return [{ factsKey, bookingDate, amountMinor, reference, occurrence, currency }];
  });
  await replacePendingLines(tx, capture.accountKey, days, pending);
}
