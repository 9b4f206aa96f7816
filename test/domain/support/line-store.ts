import {
  creditsByDay,
  findRepeatedBatch,
  pairsToCompare,
} from '../../../domain/line/batch-repeat.ts';
import type { HeldSighting, ResolvedHold } from '../../../domain/line/resolve-holds.ts';
import {
  factsText,
  holdRepeats,
  identify,
  type HoldReason,
  type RowPlacements,
  type KnownLine,
  type NewLine,
  type SnapshotRow,
  type SnapshotScope,
} from '../../../domain/line/identity.ts';
import { parseLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import { ZAR } from '../../../domain/money/money.ts';
import type { FeedKind } from '../../../domain/line/sighting.ts';

/** A stored line with the hold that it was stored under. */
export interface StoredLine extends Omit<
  KnownLine,
  'storedBeforeSnapshot' | 'idsOfFeed' | 'seenBySource'
> {
  readonly hold: HoldReason | null;
  readonly idsByFeed: ReadonlyMap<FeedKind, readonly string[]>;
  /** Sources that showed it, with or without an id. */
  readonly sources: ReadonlySet<string>;
}

/** A row as a bank shows it; the amount in signed cents. */
export interface BankRow {
  readonly id: string | null;
  readonly day: string;
  readonly amountMinor: bigint;
  readonly reference: string;
}

/** Rows as capture hands them to `identify`. */
function toRows(rows: readonly BankRow[], idStable: boolean): readonly SnapshotRow[] {
  return rows.map((row, index) => {
    const bookingDate = parseLocalDate(row.day);
    return {
      index,
      factsKey: factsText('main', {
        bankId: row.id,
        bookingDate,
        valueDate: null,
        amountMinor: row.amountMinor < 0n ? -row.amountMinor : row.amountMinor,
        direction: row.amountMinor < 0n ? 'debit' : 'credit',
        currency: ZAR,
        status: 'booked',
        reversal: false,
        references: [row.reference],
        text: '',
        counterparty: { name: null, account: null },
        runningBalanceMinor: null,
        position: `row ${index + 1}`,
      }),
      stableId: idStable ? row.id : null,
      shownId: row.id,
      bookingDate,
      amountMinor: row.amountMinor,
      references: [row.reference],
    };
  });
}

/** Whole days, all of them over but those after `lastClosedDay`. */
export function wholeDays(from: string, to: string, lastClosedDay = to): SnapshotScope {
  return {
    kind: 'complete',
    from: parseLocalDate(from),
    to: parseLocalDate(to),
    lastClosedDay: parseLocalDate(lastClosedDay),
  };
}

export const ONE_ROW: SnapshotScope = { kind: 'partial' };

/** How rows came: `poll` in whole days, `webhook` one by one; their ids count as stable unless it says otherwise. */
export interface Reading {
  readonly feed?: FeedKind;
  /** One file format say; the feed if left out. */
  readonly source?: string;
  readonly idStable?: boolean;
  /** How many lines were stored when the snapshot was asked for; all of them if left out. */
  readonly storedBefore?: number;
}

/** Known lines and held sightings in memory: what capture keeps in Postgres. */
export interface LineStore {
  lines(): readonly StoredLine[];
  held(): readonly HeldSighting[];
  capture(rows: readonly BankRow[], scope: SnapshotScope, reading?: Reading): RowPlacements;
}

interface Sight {
  readonly lineId: string;
  readonly id: string | null;
  readonly feed: FeedKind;
  readonly source: string;
}

export function createLineStore(): LineStore {
  let lines: readonly StoredLine[] = [];
  let held: readonly (HeldSighting & { readonly feed: FeedKind; readonly source: string })[] = [];

  function see(sights: readonly Sight[]): void {
    lines = lines.map((line) => {
      const seen = sights.filter(({ lineId }) => lineId === line.lineId);
      const named = seen.filter(({ id }) => id !== null);
      return {
        ...line,
        stableIds: [...new Set([...line.stableIds, ...named.map(({ id }) => id ?? '')])],
        idsByFeed: addIds(line.idsByFeed, named),
        sources: new Set([...line.sources, ...seen.map(({ source }) => source)]),
      };
    });
  }

  return {
    lines: () => lines,
    held: () => held,
    capture: (bankRows, scope, reading = {}) => {
      const feed = reading.feed ?? (scope.kind === 'complete' ? 'poll' : 'webhook');
      const source = reading.source ?? feed;
      const known = lines.map((line, index) => ({
        ...line,
        storedBeforeSnapshot: index < (reading.storedBefore ?? lines.length),
        idsOfFeed: line.idsByFeed.get(feed) ?? [],
        seenBySource: line.sources.has(source),
      }));
      const rows = toRows(bankRows, reading.idStable ?? true);
      const identified = identify(known, held, rows, scope);
      const decision = {
        ...identified,
        newLines: holdRepeats(identified.newLines, repeatedAmong(identified.newLines, lines)),
      };
      const firstNew = lines.length;
      lines = [...lines, ...decision.newLines.map((line, index) => toLine(line, firstNew + index))];
      const idOf = (row: SnapshotRow) => bankRows[row.index]?.id ?? null;
      const lineIdOf = (hold: ResolvedHold) =>
        'lineId' in hold ? hold.lineId : nameOf(firstNew + hold.newLineIndex);
      see([
        ...decision.newLines.map(({ row }, index) => ({
          lineId: nameOf(firstNew + index),
          id: idOf(row),
          feed,
          source,
        })),
        ...decision.attached.map(({ row, lineId }) => ({ lineId, id: idOf(row), feed, source })),
        ...decision.resolvedHolds.flatMap((hold) =>
          held
            .filter(({ heldId }) => heldId === hold.heldId)
            .map((each) => ({
              lineId: lineIdOf(hold),
              id: each.bankId,
              feed: each.feed,
              source: each.source,
            })),
        ),
      ]);
      const settled = new Set(decision.resolvedHolds.map(({ heldId }) => heldId));
      const fresh = decision.held.map(
        ({ index, factsKey, bookingDate, amountMinor, references }) => {
          const bankId = bankRows[index]?.id ?? null;
          return {
            heldId: `${feed} ${bankId ?? ''} ${factsKey}`,
            factsKey,
            bankId,
            bookingDate,
            amountMinor,
            references,
            feed,
            source,
          };
        },
      );
      // One hold for each feed, id and facts, as the unique index on held sightings has it.
      const all = [...held.filter(({ heldId }) => !settled.has(heldId)), ...fresh];
      held = [...new Map(all.map((hold) => [hold.heldId, hold])).values()];
      return decision;
    },
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
  return findRepeatedBatch(
    new Map(pairsToCompare(fresh).map((pair) => [pair, timesOn(pair.earlier)])),
    fresh,
    (day) => stored.filter((line) => line.bookingDate === day && line.amountMinor > 0n).length,
  );
}

function addIds(
  idsByFeed: StoredLine['idsByFeed'],
  named: readonly Sight[],
): ReadonlyMap<FeedKind, readonly string[]> {
  const ids = new Map(idsByFeed);
  for (const { feed, id } of named) {
    if (id !== null) ids.set(feed, [...new Set([...(ids.get(feed) ?? []), id])]);
  }
  return ids;
}

function nameOf(index: number): string {
  return `line-${index + 1}`;
}

function toLine({ row, occurrence, hold }: NewLine, index: number): StoredLine {
  return {
    lineId: nameOf(index),
    factsKey: row.factsKey,
    occurrence,
    stableIds: [],
    idsByFeed: new Map(),
    sources: new Set(),
    bookingDate: row.bookingDate,
    amountMinor: row.amountMinor,
    references: row.references,
    hold,
  };
}

/** Why each stored line is held, in order. */
export function holdsOf(store: LineStore): readonly (HoldReason | null)[] {
  return store.lines().map((line) => line.hold);
}

export const DAY = '2026-11-02';
export const NEXT_DAY = '2026-11-03';
/** Two days, of which the second is not over. */
export const BOTH_DAYS = wholeDays(DAY, NEXT_DAY, DAY);
export const ANNA = 'CUS00001234';
export const BEN = 'CUS12345671';

/** Anna's R50.00, without an id. */
export function aRow(given: Partial<BankRow> = {}): BankRow {
  return { id: null, day: DAY, amountMinor: 5_000n, reference: ANNA, ...given };
}

/** The day `days` after the first day of the tests. */
export function dayOf(days: number): LocalDate {
  return parseLocalDate(`2026-11-${String(1 + days).padStart(2, '0')}`);
}
