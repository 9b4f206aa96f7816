import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsText } from '../../../domain/line/identity.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { ZAR } from '../../../domain/money/money.ts';
import { anyRows, THREE_DAYS } from '../support/bank-rows.ts';
import { createLineStore, holdsOf } from '../support/line-store.ts';
import {
  ANNA,
  aRow,
  BEN,
  BOTH_DAYS,
  DAY,
  NEXT_DAY,
  wholeDays,
  type BankRow,
} from '../support/shown-rows.ts';

function shuffled<T>(items: readonly T[]): fc.Arbitrary<readonly T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}

describe('the count over whole days', () => {
  it('stores each row of a first snapshot, twins included, and holds none', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const store = createLineStore();
        expect(store.capture(rows, THREE_DAYS).newLines).toHaveLength(rows.length);
        expect(holdsOf(store)).toEqual(rows.map(() => null));
      }),
    );
  });

  it('adds nothing when the same snapshot is read again, in whatever order', () => {
    fc.assert(
      fc.property(
        anyRows.chain((rows: readonly BankRow[]) => fc.tuple(fc.constant(rows), shuffled(rows))),
        ([rows, again]) => {
          const store = createLineStore();
          store.capture(rows, THREE_DAYS);
          const decision = store.capture(again, THREE_DAYS);
          expect(decision.newLines).toEqual([]);
          expect(new Set(decision.ties.map(({ lineId }) => lineId)).size).toBe(rows.length);
        },
      ),
    );
  });

  it('adds max(0, n − m) lines where n are seen and m are known', () => {
    fc.assert(
      fc.property(fc.nat({ max: 6 }), fc.nat({ max: 6 }), (known, seen) => {
        const store = createLineStore();
        store.capture(
          Array.from({ length: known }, () => aRow()),
          BOTH_DAYS,
        );
        const { newLines } = store.capture(
          Array.from({ length: seen }, () => aRow()),
          BOTH_DAYS,
        );
        expect(newLines.map(({ occurrence }) => occurrence)).toEqual(
          Array.from({ length: Math.max(0, seen - known) }, (_, index) => known + index + 1),
        );
      }),
    );
  });

  it('numbers the lines of equal facts from 1 without a gap', () => {
    fc.assert(
      fc.property(fc.array(anyRows, { minLength: 1, maxLength: 4 }), (snapshots) => {
        const store = createLineStore();
        for (const rows of snapshots) store.capture(rows, THREE_DAYS);
        const occurrences = new Map<string, number[]>();
        for (const { factsKey, occurrence } of store.lines()) {
          occurrences.set(factsKey, [...(occurrences.get(factsKey) ?? []), occurrence]);
        }
        for (const numbers of occurrences.values()) {
          expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        }
      }),
    );
  });

  it('keeps two deposits that agree in everything', () => {
    const store = createLineStore();
    store.capture([aRow(), aRow()], BOTH_DAYS);
    expect(holdsOf(store)).toEqual([null, null]);
  });

  it('keeps a customer’s same top-up of the next day', () => {
    const store = createLineStore();
    store.capture([aRow()], BOTH_DAYS);
    store.capture([aRow(), aRow({ day: NEXT_DAY })], BOTH_DAYS);
    expect(holdsOf(store)).toEqual([null, null]);
  });

  it('does not double a line whose id was reissued', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1' }), aRow({ id: 'T2' })], BOTH_DAYS);
    store.capture([aRow({ id: 'X1' }), aRow({ id: 'X2' })], BOTH_DAYS);
    expect(store.lines()).toHaveLength(2);
  });
});

describe('a stable id', () => {
  it('identifies a line whose text was edited, however often', () => {
    const store = createLineStore();
    for (const text of [ANNA, `${ANNA} J SMI`, `PAYSHAP ${ANNA} J SMITH`, ANNA]) {
      store.capture([aRow({ id: 'T1', reference: text })], BOTH_DAYS);
    }
    expect(store.lines()).toHaveLength(1);
  });

  it('identifies a line that moved to the next day', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1' })], BOTH_DAYS);
    store.capture([aRow({ id: 'T1', day: NEXT_DAY })], BOTH_DAYS);
    expect(store.lines()).toHaveLength(1);
  });

  it('counts a page once that the bank served twice', () => {
    const page = [aRow({ id: 'T1' }), aRow({ id: 'T2' }), aRow({ id: 'T3', reference: BEN })];
    const store = createLineStore();
    store.capture([...page, ...page], BOTH_DAYS);
    expect(store.lines()).toHaveLength(3);
  });

  it('holds a row that comes with the id of another amount, beside it or in its place', () => {
    const corrected = aRow({ id: 'T1', amountMinor: 7_500n });
    for (const rows of [[aRow({ id: 'T1' }), corrected], [corrected]]) {
      const store = createLineStore();
      store.capture([aRow({ id: 'T1' })], BOTH_DAYS);
      store.capture(rows, BOTH_DAYS);
      expect(store.held().map(({ reason }) => reason)).toEqual(['id_reused']);
      store.capture(rows, BOTH_DAYS);
      expect(holdsOf(store)).toEqual([null, 'id_reused']);
      expect(store.held()).toEqual([]);
      expect(store.capture([...rows].reverse(), BOTH_DAYS).newLines).toEqual([]);
    }
  });

  it('holds every new row of an id that appears on several rows, and loses none of them', () => {
    const rows = [
      aRow({ id: '9998' }),
      aRow({ id: '9998', reference: BEN }),
      aRow({ id: '9998', amountMinor: 7_500n }),
      aRow({ id: 'T1', amountMinor: 2_000n }),
    ];
    const store = createLineStore();
    for (let read = 0; read < 3; read += 1) store.capture(rows, BOTH_DAYS);
    expect(holdsOf(store)).toEqual([null, 'id_reused', 'id_reused', 'id_reused']);
  });

  it('swallows no deposit of the same amount that gets an old id weeks later', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1' })], BOTH_DAYS);
    const later = [aRow({ id: 'T1', day: '2026-11-24', reference: ANNA })];
    const days = wholeDays('2026-11-18', '2026-11-25');
    store.capture(later, days);
    store.capture(later, days);
    expect(holdsOf(store)).toEqual([null, 'id_reused']);
  });

  it('swallows no deposit of the same amount from another customer that gets the id', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1', reference: ANNA })], BOTH_DAYS);
    const later = [aRow({ id: 'T1', reference: BEN })];
    for (let read = 0; read < 3; read += 1) store.capture(later, BOTH_DAYS);
    expect(holdsOf(store)).toEqual([null, 'id_reused']);
  });
});

describe('factsText', () => {
  const sighting = {
    bankId: null,
    bookingDate: parseLocalDate(DAY),
    valueDate: null,
    amountMinor: 5_000n,
    direction: 'credit',
    currency: ZAR,
    status: 'booked',
    reversal: false,
    references: [ANNA],
    text: 'PAYSHAP CREDIT',
    counterparty: { name: null, account: null },
    runningBalanceMinor: null,
    position: 'row 1',
  } as const;
  const facts = (given: object = {}, account = 'main') =>
    factsText(account, { ...sighting, ...given });

  it('differs for another account, day, amount, direction, currency or reference', () => {
    const texts = [
      facts(),
      facts({}, 'other'),
      facts({ bookingDate: NEXT_DAY }),
      facts({ amountMinor: 5_001n }),
      facts({ direction: 'debit' }),
      facts({ currency: 'USD' }),
      facts({ references: [BEN] }),
      facts({ references: [] }),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('stays the same for another id, wording, counterparty, balance or way of writing', () => {
    expect(facts({ bankId: 'T1', text: 'x', runningBalanceMinor: 1n, position: 'row 2' })).toBe(
      facts(),
    );
    expect(facts({ references: [` cus00001234\u200B`] })).toBe(facts());
  });

  it('never confuses two sets of parts, whatever appears in the reference', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        const other = facts({ references: [`${one}|${two}`] }, 'a|b');
        expect(facts({ references: [two] }, `a|b|${one}`)).not.toBe(other);
      }),
    );
  });
});
