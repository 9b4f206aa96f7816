import type { Transaction } from '../../db/client.ts';
import {
  countByFactsKey,
  countCreditsOfDays,
  findHeldRepeats,
  holdsRepeatedBatches,
} from '../../db/queries/repeat-counts.ts';
import {
  creditsByDay,
  findRepeatedBatch,
  mayRepeat,
  pairsToCompare,
  partOf,
  PARTS,
  type DayPair,
} from '../../domain/line/batch-repeat.ts';
import { KEY_SCHEME, type NewLine, type SnapshotRow } from '../../domain/line/identity.ts';
import { holdRepeats } from '../../domain/line/place-rows.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { factsKeyOf } from './stored-texts.ts';

interface Shown {
  readonly accountKey: string;
  readonly sightings: readonly Sighting[];
}

/** Pairs of days, each with how often payments of the later one are stored on the earlier one. */
type OpenPairs = ReadonlyMap<DayPair, Map<string, number>>;

/** New lines with their holds, and held lines that turned out to be those of regular payers. */
export interface WithoutRepeats {
  readonly newLines: readonly NewLine[];
  readonly released: readonly string[];
}

/**
 * Holds the new lines of a batch that the bank booked again on another day. Stored credits are found by the facts key
 * that a new one would have on the earlier day, so days of many lines are not read; usually a part of a day's payments
 * is enough to show that the batch is new.
 */
export async function holdRepeatedBatches(
  tx: Transaction,
  shown: Shown,
  newLines: readonly NewLine[],
): Promise<WithoutRepeats> {
  if (!(await holdsRepeatedBatches(tx, shown.accountKey))) return { newLines, released: [] };
  const fresh = creditsByDay(newLines.map(({ row }) => row));
  let open: OpenPairs = new Map(pairsToCompare(fresh).map((pair) => [pair, new Map()]));
  for (let part = 0; part < PARTS && open.size > 0; part += 1) {
    await lookUp(tx, shown, open, (day) => partOf(fresh, day, part));
    open = new Map([...open].filter(([pair, times]) => mayRepeat(pair, fresh, times)));
  }
  if (open.size === 0) return { newLines, released: [] };
  const days = new Set([...open.keys()].flatMap(({ day, earlier }) => [day, earlier]));
  const credits = await countCreditsOfDays(tx, shown.accountKey, [...days]);
  const { regular, repeated } = findRepeatedBatch(open, fresh, (day) => credits.get(day) ?? 0);
  const released = await findHeldRepeats(tx, {
    accountKey: shown.accountKey,
    keyScheme: KEY_SCHEME,
    keys: regular.flatMap(({ pair, rows }) => keysOn(shown, rows, pair.earlier)),
  });
  return { newLines: holdRepeats(newLines, repeated), released };
}

/** The facts that these payments would have on another day. */
function keysOn(
  { accountKey, sightings }: Shown,
  rows: readonly SnapshotRow[],
  day: LocalDate,
): readonly string[] {
  return rows.flatMap(({ index }) => {
    const sighting = sightings[index];
    return sighting === undefined ? [] : [factsKeyOf(accountKey, sighting, day)];
  });
}

async function lookUp(
  tx: Transaction,
  { accountKey, sightings }: Shown,
  open: OpenPairs,
  paymentsOf: (day: LocalDate) => readonly (readonly [payment: string, row: SnapshotRow])[],
): Promise<void> {
  const asked = [...open].flatMap(([{ day, earlier }, times]) =>
    paymentsOf(day).flatMap(([payment, { index }]) => {
      const sighting = sightings[index];
      if (sighting === undefined) return [];
      return [{ times, payment, key: factsKeyOf(accountKey, sighting, earlier) }];
    }),
  );
  const counts = await countByFactsKey(tx, {
    accountKey,
    keyScheme: KEY_SCHEME,
    keys: asked.map(({ key }) => key),
  });
  for (const { times, payment, key } of asked) times.set(payment, counts.get(key) ?? 0);
}
