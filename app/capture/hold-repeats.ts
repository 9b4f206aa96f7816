import type { Transaction } from '../../db/client.ts';
import { countByFactsKey, countCreditsOfDays } from '../../db/queries/repeat-counts.ts';
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

/**
 * Holds the new lines of a batch that the bank booked again on another day. Stored credits are found by the facts key
 * that a new one would have on the earlier day, so days of many lines are not read; usually a part of a day's payments
 * is enough to show that the batch is new.
 */
export async function holdRepeatedBatches(
  tx: Transaction,
  shown: Shown,
  newLines: readonly NewLine[],
): Promise<readonly NewLine[]> {
  const fresh = creditsByDay(newLines.map(({ row }) => row));
  let open: OpenPairs = new Map(pairsToCompare(fresh).map((pair) => [pair, new Map()]));
  for (let part = 0; part < PARTS && open.size > 0; part += 1) {
    await lookUp(tx, shown, open, (day) => partOf(fresh, day, part));
    open = new Map([...open].filter(([pair, times]) => mayRepeat(pair, fresh, times)));
  }
  if (open.size === 0) return newLines;
  const days = new Set([...open.keys()].flatMap(({ day, earlier }) => [day, earlier]));
  const credits = await countCreditsOfDays(tx, shown.accountKey, [...days]);
  const repeated = findRepeatedBatch(open, fresh, (day) => credits.get(day) ?? 0);
  return holdRepeats(newLines, repeated);
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
