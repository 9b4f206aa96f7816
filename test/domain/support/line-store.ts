import {
  creditsByDay,
  findRepeatedBatch,
  pairsToCompare,
} from '../../../domain/line/batch-repeat.ts';
import { holdRepeats, placeRows } from '../../../domain/line/place-rows.ts';
import type {
  Appearance,
  HeldRow,
  HoldReason,
  KnownLine,
  NewLine,
  RowPlacements,
  SnapshotRow,
  SnapshotScope,
} from '../../../domain/line/identity.ts';
import type { LocalDate } from '../../../domain/local-date.ts';
import type { FeedKind } from '../../../domain/line/sighting.ts';
import { toRows, type BankRow } from './shown-rows.ts';

/** A line as it is stored, whatever is read. */
export type StoredLine = Omit<KnownLine, 'storedBeforeSnapshot'>;

/** How rows came: `poll` in whole days, `webhook` one by one; their ids count as stable unless it says otherwise. */
export interface Reading {
  readonly feed?: FeedKind;
  /** One file format say; the feed if left out. */
  readonly source?: string;
  readonly idStable?: boolean;
  /** How many lines were stored when the snapshot was asked for; all of them if left out. */
  readonly storedBefore?: number;
}

/** Known lines and held rows in memory: what capture keeps in Postgres. */
export interface LineStore {
  lines(): readonly StoredLine[];
  held(): readonly HeldRow[];
  capture(rows: readonly BankRow[], scope: SnapshotScope, reading?: Reading): RowPlacements;
  /** People credit a line to the wallet with this code. */
  credit(lineId: string, code: string): void;
}

export function createLineStore(): LineStore {
  const lines: StoredLine[] = [];
  const held = new Map<string, HeldRow>();
  const change = (lineId: string, by: (line: StoredLine) => Partial<StoredLine>) => {
    const index = lines.findIndex((line) => line.lineId === lineId);
    const line = lines[index];
    if (line !== undefined) lines[index] = { ...line, ...by(line) };
  };
  const show = (lineId: string, shown: Appearance) =>
    change(lineId, ({ appearances }) => ({ appearances: addOnce(appearances, shown) }));

  return {
    lines: () => lines,
    held: () => [...held.values()],
    credit: (lineId, code) =>
      change(lineId, () => ({ ownerCode: code as NonNullable<KnownLine['ownerCode']> })),
    capture: (bankRows, scope, reading = {}) => {
      const feed = reading.feed ?? (scope.kind === 'complete' ? 'poll' : 'webhook');
      const source = reading.source ?? feed;
      const by = { feed, source };
      const known = lines.map((line, index) => ({
        ...line,
        storedBeforeSnapshot: index < (reading.storedBefore ?? lines.length),
      }));
      const rows = toRows(bankRows, reading.idStable ?? true);
      const placed = placeRows({ known, held: [...held.values()] }, { ...by, scope, rows });
      const newLines = holdRepeats(placed.newLines, repeatedAmong(placed.newLines, lines));
      const firstNew = lines.length;
      for (const line of newLines) lines.push(toLine(line, nameOf(lines.length), by));
      for (const { row, lineId, evidence } of placed.ties)
        show(lineId, appearance(row, by, evidence));
      for (const { heldId, lineId, newLineIndex, evidence } of placed.endedRows) {
        const row = held.get(heldId);
        held.delete(heldId);
        const endsAs = newLineIndex === null ? lineId : nameOf(firstNew + newLineIndex);
        if (row !== undefined && endsAs !== null)
          show(endsAs, { ...row, balanceMinor: null, batch: null, evidence });
      }
      for (const { row, reason, besideLineId, reads } of placed.waiting) {
        // One for each source, id and facts, as the unique index on held rows has it.
        const heldId = `${source} ${row.shownId ?? ''} ${row.factsKey}`;
        const { shownId: bankId, ...said } = row;
        held.set(heldId, { ...said, ...by, heldId, bankId, reason, besideLineId, reads });
      }
      for (const heldId of placed.stillHeld) {
        const row = held.get(heldId);
        if (row !== undefined) held.set(heldId, { ...row, reads: row.reads + 1 });
      }
      for (const lineId of placed.released) change(lineId, () => ({ hold: null }));
      // Absences are a poll's: it alone reads its days again.
      if (feed === 'poll') {
        for (const lineId of placed.missing) change(lineId, () => ({ isAbsent: true }));
        for (const { lineId } of placed.ties) change(lineId, () => ({ isAbsent: false }));
      }
      return { ...placed, newLines };
    },
  };
}

function appearance(
  row: SnapshotRow,
  by: Pick<Appearance, 'feed' | 'source'>,
  evidence: Appearance['evidence'],
): Appearance {
  const { shownId: bankId, ...shown } = row;
  return { ...shown, ...by, bankId, evidence };
}

/** A way in which a line was seen already adds nothing. */
function addOnce(before: readonly Appearance[], shown: Appearance): readonly Appearance[] {
  const isKnown = before.some(
    (each) =>
      each.source === shown.source &&
      (each.bankId ?? '') === (shown.bankId ?? '') &&
      each.factsKey === shown.factsKey,
  );
  return isKnown ? before : [...before, shown];
}

function nameOf(index: number): string {
  return `line-${index + 1}`;
}

function toLine(
  { row, occurrence, hold }: NewLine,
  lineId: string,
  by: Pick<Appearance, 'feed' | 'source'>,
): StoredLine {
  const { factsKey, bookingDate, amountMinor, references } = row;
  return {
    lineId,
    factsKey,
    occurrence,
    bookingDate,
    amountMinor,
    references,
    isAbsent: false,
    ownerCode: null,
    hold,
    appearances: [appearance(row, by, null)],
  };
}

/** Every pair of days is compared whole, which capture does only where a part leaves it open. */
function repeatedAmong(
  newLines: readonly NewLine[],
  stored: readonly StoredLine[],
): ReadonlySet<SnapshotRow> {
  const fresh = creditsByDay(newLines.map(({ row }) => row));
  const credits = creditsByDay(stored);
  const timesOn = (day: LocalDate) =>
    new Map([...(credits.get(day) ?? [])].map(([payment, lines]) => [payment, lines.length]));
  const { repeated } = findRepeatedBatch(
    new Map(pairsToCompare(fresh).map((pair) => [pair, timesOn(pair.earlier)])),
    fresh,
    (day) => stored.filter((line) => line.bookingDate === day && line.amountMinor > 0n).length,
  );
  return repeated;
}

/** Why each stored line is held, in order. */
export function holdsOf(store: LineStore): readonly (HoldReason | null)[] {
  return store.lines().map(({ hold }) => hold?.reason ?? null);
}
