import { describe, expect, it } from 'vitest';
import { createLineStore, holdsOf } from '../support/line-store.ts';
import {
  ANNA,
  aRow,
  BEN,
  BOTH_DAYS,
  DAY,
  dayOf,
  NEXT_DAY,
  wholeDays,
  type BankRow,
} from '../support/shown-rows.ts';

const CAMT = { feed: 'file', source: 'camt.053', idStable: false } as const;
const MT940 = { feed: 'file', source: 'mt940', idStable: false } as const;
const POLL = { feed: 'poll', idStable: false } as const;

describe('a line that another feed words differently', () => {
  it.each([
    ['cut', `${ANNA} J SMITH`, `${ANNA} J`],
    ['lengthened', ANNA, `PAYSHAP ${ANNA}`],
    ['reworded', `${ANNA} J SMITH`, `INTERNET PMT FROM ${ANNA}`],
  ])(
    'counts as the same line where its text was %s and names the same code',
    (_, before, after) => {
      const store = createLineStore();
      store.capture([aRow({ reference: before })], BOTH_DAYS, POLL);
      const decision = store.capture([aRow({ reference: after })], BOTH_DAYS, POLL);
      expect(decision.ties.map(({ lineId }) => lineId)).toEqual(['line-1']);
      expect(holdsOf(store)).toEqual([null]);
    },
  );

  it('makes one line in every feed, two of twins, and three with a third payment of the same day', () => {
    const store = createLineStore();
    const shown = (wording: string, count: number) =>
      Array.from({ length: count }, () => aRow({ reference: wording.replace('CODE', ANNA) }));
    store.capture(shown('CODE', 2), BOTH_DAYS, POLL);
    store.capture(shown('PAYSHAP CREDIT CODE', 2), BOTH_DAYS, CAMT);
    store.capture(shown('EREF CODE SVWZ', 3), BOTH_DAYS, MT940);
    store.capture(shown('CODE', 3), BOTH_DAYS, POLL);
    expect(holdsOf(store)).toEqual([null, null, null]);
  });

  it('counts as the same line without a code too, where its day is over and both read one line', () => {
    const store = createLineStore();
    store.capture([aRow({ reference: 'J SMITH RENT' })], BOTH_DAYS, POLL);
    store.capture([aRow({ reference: 'SMITH J' })], BOTH_DAYS, CAMT);
    expect(store.lines()).toHaveLength(1);
    // Read again, in every format, each wording is known.
    for (const file of [CAMT, MT940, CAMT, MT940])
      store.capture([aRow({ reference: 'SMITH J' })], BOTH_DAYS, file);
    expect([store.lines().length, store.held().length]).toEqual([1, 0]);
  });

  it('makes another line where the amount, the customer, or the day that both read differs', () => {
    for (const other of [
      aRow({ amountMinor: 5_001n }),
      aRow({ day: NEXT_DAY, reference: 'other' }),
    ]) {
      const store = createLineStore();
      store.capture([aRow()], BOTH_DAYS, POLL);
      store.capture([aRow(), other], BOTH_DAYS, CAMT);
      expect(holdsOf(store)).toEqual([null, null]);
    }
  });
});

describe('a batch that is booked again', () => {
  const batch = (day: number, size: number, from = 0): BankRow[] =>
    Array.from({ length: size }, (_, index) =>
      aRow({
        day: dayOf(day),
        amountMinor: 5_000n + BigInt(index + from),
        reference: `CUS${10_000_000 + index + from}`,
      }),
    );
  const days = (from: number, to = from) => wholeDays(dayOf(from), dayOf(to));

  it('waits line by line when most of it comes within six days under another date', () => {
    for (const later of [1, 4, 6]) {
      const store = createLineStore();
      store.capture(batch(0, 10), days(0), CAMT);
      store.capture(batch(later, 9), days(later), CAMT);
      expect(holdsOf(store).slice(10)).toEqual(Array(9).fill('possible_duplicate'));
    }
  });

  it('adds lines without a hold where it is small, late, or outweighed by payments of others', () => {
    const cases: readonly (readonly [BankRow[], number])[] = [
      [[...batch(4, 10), ...batch(4, 10, 50)], 4],
      [batch(4, 5), 4],
      [batch(7, 10), 7],
    ];
    for (const [rows, day] of cases) {
      const store = createLineStore();
      store.capture(batch(0, 10), days(0), CAMT);
      store.capture(rows, days(day), CAMT);
      expect(holdsOf(store).filter((hold) => hold !== null)).toEqual([]);
    }
    const store = createLineStore();
    store.capture(batch(0, 4), days(0), CAMT);
    store.capture(batch(1, 4), days(1), CAMT);
    expect(holdsOf(store).filter((hold) => hold !== null)).toEqual([]);
  });

  it('adds nothing when another file states the same days', () => {
    const store = createLineStore();
    store.capture(batch(0, 10), days(0), CAMT);
    expect(store.capture(batch(0, 10), days(0), MT940).newLines).toEqual([]);
  });
});

describe('a complete snapshot', () => {
  it('names the missing lines', () => {
    const store = createLineStore();
    store.capture([aRow(), aRow({ reference: BEN })], wholeDays(DAY, DAY), POLL);
    store.capture([aRow({ day: NEXT_DAY })], wholeDays(NEXT_DAY, NEXT_DAY), POLL);
    expect(store.capture([aRow()], wholeDays(DAY, DAY), POLL).missing).toEqual(['line-2']);
  });
});
