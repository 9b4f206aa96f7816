import { describe, expect, it } from 'vitest';
import {
  creditsByDay,
  findRepeatedBatch,
  mayRepeat,
  pairsToCompare,
  partOf,
  PARTS,
  type DayPair,
} from '../../../domain/line/batch-repeat.ts';
import { addDays, parseLocalDate, type LocalDate } from '../../../domain/local-date.ts';

const DAY = parseLocalDate('2026-11-20');

interface Row {
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly references: readonly string[];
}

/** As many different credits of one day; the amount tells them apart. */
const batch = (count: number, bookingDate = DAY, from = 1): readonly Row[] =>
  Array.from({ length: count }, (_, index) => ({
    bookingDate,
    amountMinor: BigInt(from + index),
    references: ['rent'],
  }));

/** The rows that are a repeat of the day before, of which `stored` equal theirs and `others` do not. */
function repeated(rows: readonly Row[], stored: readonly Row[], othersStored = 0) {
  const fresh = creditsByDay(rows);
  const pair: DayPair = { day: DAY, earlier: addDays(DAY, -1) };
  const times = new Map<string, number>();
  for (const payment of creditsByDay(stored).get(DAY) ?? [])
    times.set(payment[0], payment[1].length);
  const storedOn = (day: LocalDate) => (day === pair.earlier ? stored.length + othersStored : 0);
  return findRepeatedBatch(new Map([[pair, times]]), fresh, storedOn).repeated;
}

describe('the credits of days', () => {
  it('differ by amount and first reference, however it is spaced, and leave debits out', () => {
    const [row] = batch(1);
    if (row === undefined) throw new Error('A batch of one has a row.');
    const rows = [
      row,
      { ...row, references: [' RENT '] },
      { ...row, references: ['rent', 'more'] },
      { ...row, references: ['food'] },
      { ...row, references: [] },
      { ...row, amountMinor: 2n },
      { ...row, amountMinor: 0n },
      { ...row, amountMinor: -1n },
      { ...row, bookingDate: addDays(DAY, 1) },
    ];
    const days = creditsByDay(rows);
    expect([...days.keys()]).toEqual([DAY, addDays(DAY, 1)]);
    expect([...(days.get(DAY)?.values() ?? [])].map((each) => each.length)).toEqual([3, 1, 1, 1]);
    expect(days.get(DAY)?.has('1 ')).toBe(true);
  });
});

describe('the days that a batch may repeat', () => {
  it('reach six days back from a day with five different credits', () => {
    expect(pairsToCompare(creditsByDay(batch(4)))).toEqual([]);
    expect(pairsToCompare(creditsByDay(batch(5)))).toEqual(
      ['19', '18', '17', '16', '15', '14'].map((day) => ({
        day: DAY,
        earlier: parseLocalDate(`2026-11-${day}`),
      })),
    );
  });
});

describe('the parts of a day', () => {
  it.each([0, 1, 13, 14, 15, 100])('hold each of %i credits once, in order', (count) => {
    const fresh = creditsByDay(batch(count));
    const parts = Array.from({ length: PARTS }, (_, part) => partOf(fresh, DAY, part));
    expect(parts.flat().map(([, row]) => row.amountMinor)).toEqual(
      batch(count).map(({ amountMinor }) => amountMinor),
    );
    const sizes = parts.map(({ length }) => length);
    expect(Math.max(...sizes)).toBe(Math.ceil(count / 14));
  });

  it('stay empty for a day without credits', () => {
    expect(partOf(creditsByDay(batch(5)), addDays(DAY, 1), 0)).toEqual([]);
  });
});

describe('a day', () => {
  const pair: DayPair = { day: DAY, earlier: addDays(DAY, -1) };
  const lookedUp = (count: number, stored: number) =>
    new Map(Array.from({ length: count }, (_, index) => [`${index + 1} RENT`, stored] as const));

  it('counts as a repeat until more than a fifth of its credits are missing on the other', () => {
    const fresh = creditsByDay(batch(10));
    expect(mayRepeat(pair, fresh, new Map())).toBe(true);
    expect(mayRepeat(pair, fresh, lookedUp(2, 0))).toBe(true);
    expect(mayRepeat(pair, fresh, lookedUp(3, 0))).toBe(false);
    expect(mayRepeat(pair, fresh, lookedUp(10, 1))).toBe(true);
  });

  it('misses nothing that came for the earlier day at the same time', () => {
    const fresh = creditsByDay([...batch(10), ...batch(3, pair.earlier)]);
    expect(mayRepeat(pair, fresh, lookedUp(3, 0))).toBe(true);
    expect(mayRepeat(pair, fresh, lookedUp(6, 0))).toBe(false);
  });
});

describe('a batch', () => {
  it('repeats a day from five different credits on', () => {
    expect(repeated(batch(5), batch(5))).toEqual(new Set(batch(5)));
    expect(repeated(batch(4), batch(4)).size).toBe(0);
  });

  it('repeats a day where four fifths of the later day were on the earlier one', () => {
    expect(repeated(batch(10), batch(8)).size).toBe(8);
    expect(repeated(batch(10), batch(7)).size).toBe(0);
  });

  it('repeats a day where it holds four fifths of the earlier day', () => {
    expect(repeated(batch(8), batch(8), 2).size).toBe(8);
    expect(repeated(batch(8), batch(8), 3).size).toBe(0);
  });

  it('counts equal payments as often as both days have them', () => {
    const twice = [...batch(5), ...batch(5)];
    expect(repeated(twice, batch(5)).size).toBe(0);
    expect(repeated(twice, twice).size).toBe(10);
    expect(repeated(batch(5), twice).size).toBe(0);
  });

  it('repeats credits that came for the earlier day in the same read', () => {
    const earlier = batch(5, addDays(DAY, -1));
    expect(repeated([...batch(5), ...earlier], [])).toEqual(new Set(batch(5)));
    expect(repeated([...batch(5), ...earlier, ...batch(2, addDays(DAY, -1), 50)], []).size).toBe(0);
  });

  it('counts what is stored of the later day as a part of it', () => {
    const fresh = creditsByDay(batch(8));
    const pair: DayPair = { day: DAY, earlier: addDays(DAY, -1) };
    const times = new Map([...(fresh.get(DAY)?.keys() ?? [])].map((payment) => [payment, 1]));
    const sizeWith = (storedOfDay: number) =>
      findRepeatedBatch(new Map([[pair, times]]), fresh, (day) => (day === DAY ? storedOfDay : 8))
        .repeated.size;
    expect(sizeWith(2)).toBe(8);
    expect(sizeWith(3)).toBe(0);
  });

  it('repeats nothing where it has fewer than five amounts: many pay one price', () => {
    const sameAmount = batch(8).map((row, index) => ({
      ...row,
      amountMinor: BigInt(5_000 + (index % 4)),
      references: [`CUS${20_000_000 + index}`],
    }));
    expect(repeated(sameAmount, sameAmount).size).toBe(0);
  });

  it('counts as regular the third time, and so do the first two', () => {
    const days = [DAY, addDays(DAY, -1), addDays(DAY, -3)];
    const fresh = creditsByDay(days.flatMap((day) => batch(6, day)));
    const pairs = pairsToCompare(fresh).filter(
      ({ day, earlier }) => days.includes(day) && days.includes(earlier),
    );
    const { regular, repeated: held } = findRepeatedBatch(
      new Map(pairs.map((pair) => [pair, new Map()])),
      fresh,
      () => 0,
    );
    expect([held.size, regular.length]).toEqual([0, 3]);
  });
});
