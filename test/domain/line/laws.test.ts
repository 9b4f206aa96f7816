import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineStore, holdsOf, type LineStore } from '../support/line-store.ts';
import {
  ANNA,
  aRow,
  BEN,
  BOTH_DAYS,
  DAY,
  dayOf,
  NEXT_DAY,
  ONE_ROW,
  wholeDays,
  type BankRow,
} from '../support/shown-rows.ts';

const POLL = { feed: 'poll', idStable: false } as const;
const CAMT = { feed: 'file', source: 'camt.053', idStable: false } as const;
const MT940 = { feed: 'file', source: 'mt940', idStable: false } as const;
const CSV = { feed: 'file', source: 'csv.capitec', idStable: false } as const;

const waits = (store: LineStore) => store.held().map(({ reason }) => reason);
const texts = (store: LineStore) => store.lines().map(({ references }) => references[0]);

describe('exact facts win:', () => {
  it.each([true, false])(
    'ids that are positions keep each payment its own (called stable: %s)',
    (idStable) => {
      const store = createLineStore();
      store.capture([aRow({ id: '1' })], BOTH_DAYS, { feed: 'poll', idStable });
      const renumbered = [aRow({ id: '1', reference: 'J PETERS' }), aRow({ id: '2' })];
      for (let read = 0; read < 3; read += 1)
        store.capture(renumbered, BOTH_DAYS, { feed: 'poll', idStable });
      expect(texts(store)).toEqual([ANNA, 'J PETERS']);
    },
  );

  it('whatever ids do, a read again adds nothing where no text, day or amount changed', () => {
    const row = fc.record({
      day: fc.constantFrom(DAY, NEXT_DAY),
      amountMinor: fc.constantFrom(5_000n, 7_500n),
      reference: fc.constantFrom(ANNA, BEN, 'J PETERS'),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.boolean(), fc.nat(), (rows, idStable, by) => {
        const store = createLineStore();
        const numbered = (shift: number): BankRow[] =>
          rows.map((each, index) => ({ ...each, id: String((index + shift) % rows.length) }));
        store.capture(numbered(0), BOTH_DAYS, { feed: 'poll', idStable });
        const before = texts(store);
        store.capture(numbered(by), BOTH_DAYS, { feed: 'poll', idStable });
        store.capture(numbered(0), BOTH_DAYS, { feed: 'poll', idStable });
        expect([texts(store), waits(store)]).toEqual([before, []]);
      }),
    );
  });
});

describe('new money must be new:', () => {
  it.each([1, 3, 4, 5, 9])('keeps a line one that the bank moves by %i days', (days) => {
    const store = createLineStore();
    const window = wholeDays(dayOf(0), dayOf(12));
    store.capture([aRow({ day: dayOf(2), id: 'BANKID-777' })], window, POLL);
    for (let read = 0; read < 2; read += 1)
      store.capture([aRow({ day: dayOf(2 + days), id: 'BANKID-777' })], window, POLL);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });

  it('keeps a line one that a webhook dated days before the bank booked it', () => {
    const store = createLineStore();
    store.capture([aRow({ day: dayOf(2), id: 'W1' })], ONE_ROW);
    store.capture([aRow({ day: dayOf(6) })], wholeDays(dayOf(0), dayOf(8)), POLL);
    expect(store.lines()).toHaveLength(1);
  });

  it.each([
    ['amount', aRow({ id: 'BANKID-777', amountMinor: 50_000n })],
    ['customer', aRow({ id: 'BANKID-777', reference: BEN })],
    ['amount, without an id', aRow({ amountMinor: 50_000n })],
    ['customer, without an id', aRow({ reference: BEN })],
  ])('holds a line whose %s was corrected beside the first', (_, corrected) => {
    const store = createLineStore();
    store.capture([aRow({ id: corrected.id })], BOTH_DAYS, POLL);
    for (let read = 0; read < 3; read += 1) store.capture([corrected], BOTH_DAYS, POLL);
    expect(store.lines().map(({ hold }) => hold?.besideLineId ?? null)).toEqual([null, 'line-1']);
  });

  it('credits a correction that was none when the bank shows both lines', () => {
    const store = createLineStore();
    const corrected = aRow({ reference: BEN });
    store.capture([aRow()], BOTH_DAYS, POLL);
    for (let read = 0; read < 2; read += 1) store.capture([corrected], BOTH_DAYS, POLL);
    expect(store.capture([aRow(), corrected], BOTH_DAYS, POLL).released).toEqual(['line-2']);
    expect(holdsOf(store)).toEqual([null, null]);
  });

  it.each([1, 2, 3])(
    'holds the row of a statement that dates a polled payment %i days later, and covers only its own day',
    (days) => {
      const store = createLineStore();
      const other = aRow({ day: dayOf(9), amountMinor: 1_200n, reference: BEN });
      store.capture([aRow({ day: dayOf(9 - days) }), other], wholeDays(dayOf(2), dayOf(9)), POLL);
      store.capture([aRow({ day: dayOf(9) }), other], wholeDays(dayOf(9), dayOf(9)), MT940);
      expect([store.lines().length, waits(store)]).toEqual([2, ['possible_duplicate']]);
    },
  );

  it('ends the wait of a correction that the bank took back', () => {
    const store = createLineStore();
    const row = aRow({ id: 'BANKID-777' });
    store.capture([row], BOTH_DAYS, POLL);
    store.capture([{ ...row, amountMinor: 5_300n }], BOTH_DAYS, POLL);
    for (let read = 0; read < 2; read += 1) store.capture([row], BOTH_DAYS, POLL);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });

  it('holds the surplus row of a file that dates a daily payer’s every line a day later', () => {
    const store = createLineStore();
    const daily = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => aRow({ day: dayOf(from + index) }));
    const other = aRow({ day: dayOf(9), amountMinor: 1_200n, reference: BEN });
    store.capture([...daily(3, 8), other], wholeDays(dayOf(3), dayOf(9)), POLL);
    store.capture([...daily(4, 9), other], wholeDays(dayOf(4), dayOf(9)), MT940);
    expect([store.lines().length, waits(store)]).toEqual([7, ['possible_duplicate']]);
  });

  it('holds a row whose id, of real length, came before the read with the same customer and amount', () => {
    for (const [id, waiting] of [
      ['BANKID-777', ['id_reused']],
      ['7', []],
    ] as const) {
      const store = createLineStore();
      store.capture([aRow({ id, day: dayOf(0) })], wholeDays(dayOf(0), dayOf(1)), POLL);
      store.capture([aRow({ id, day: dayOf(9) })], wholeDays(dayOf(3), dayOf(9)), POLL);
      expect(waits(store)).toEqual(waiting);
    }
  });
});

describe('counts are per read:', () => {
  it('n equal rows are n lines, whether or not the read covers the whole day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (first, again) => {
          const store = createLineStore();
          const rows = (count: number) => Array.from({ length: count }, () => aRow());
          store.capture(rows(first), ONE_ROW, CSV);
          store.capture(rows(again), ONE_ROW, CSV);
          expect(holdsOf(store)).toEqual(Array(Math.max(first, again)).fill(null));
        },
      ),
    );
  });
});

describe('every wording is remembered:', () => {
  it('files that follow a poll, in any format and order and again, add nothing', () => {
    const words = { 'camt.053': 'EFT', mt940: 'MAGTAPE CREDIT', 'csv.capitec': 'Payment received' };
    const file = fc.constantFrom(CAMT, MT940, CSV);
    const line = fc.record({
      amountMinor: fc.constantFrom(5_000n, 7_500n, 9_900n),
      reference: fc.constantFrom(ANNA, BEN, 'J PETERS', 'M NAIDOO'),
    });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.array(file, { minLength: 1, maxLength: 8 }),
        (rows, files) => {
          const store = createLineStore();
          store.capture(
            rows.map((row) => aRow(row)),
            BOTH_DAYS,
            POLL,
          );
          for (const each of files)
            store.capture(
              rows.map((row) => aRow({ ...row, reference: words[each.source] })),
              BOTH_DAYS,
              each,
            );
          expect([store.lines().length, waits(store)]).toEqual([rows.length, []]);
        },
      ),
    );
  });
});

describe('wholes and parts:', () => {
  const batch = { bankId: 'B976', amountMinor: 152_600n };
  const parts = [
    aRow({ amountMinor: 100_000n, batch }),
    aRow({ amountMinor: 52_600n, reference: BEN, batch }),
  ];
  const total = aRow({ id: 'B976', amountMinor: 152_600n, reference: 'BATCH CREDIT 2 ITEMS' });

  it('parts that add up to a known line of the bank’s reference are that line, in every read', () => {
    const store = createLineStore();
    for (const [rows, by] of [
      [[total], POLL],
      [parts, CAMT],
      [parts, CAMT],
      [[total], POLL],
    ] as const)
      store.capture(rows, BOTH_DAYS, by);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });

  it('never adds a total beside its parts', () => {
    const store = createLineStore();
    for (const [rows, by] of [
      [parts, CAMT],
      [[total], POLL],
      [[total], POLL],
      [parts, CAMT],
    ] as const)
      expect(store.capture(rows, BOTH_DAYS, by).missing).toEqual([]);
    expect([store.lines().length, waits(store)]).toEqual([2, []]);
  });

  it.each([
    ['that shares the beginning of their ids', 'BX9'],
    ['of no id', null],
  ])('holds a total %s beside parts that only webhooks told', (_, id) => {
    const store = createLineStore();
    [ANNA, BEN].forEach((reference, index) =>
      store.capture([aRow({ id: `BX9-${index}`, amountMinor: 12_000n, reference })], ONE_ROW),
    );
    const whole = aRow({ id, amountMinor: 24_000n, reference: `BATCH ${ANNA}` });
    for (let read = 0; read < 2; read += 1) store.capture([whole], BOTH_DAYS, POLL);
    expect(holdsOf(store)).toEqual([null, null, 'possible_duplicate']);
  });

  it('parts of one file replace its earlier total without a second credit', () => {
    const store = createLineStore();
    store.capture([{ ...total, reference: `EFT ${ANNA}` }], BOTH_DAYS, CAMT);
    store.capture(parts, BOTH_DAYS, CAMT);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });
});

describe('webhooks:', () => {
  it('one payment under two ids and in two wordings waits until a read counts', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'W1' })], ONE_ROW);
    store.capture([aRow({ id: 'W2', reference: `PAYSHAP ${ANNA}` })], ONE_ROW);
    expect([store.lines().length, waits(store)]).toEqual([1, ['possible_duplicate']]);
    store.capture([aRow({ id: 'P1' })], BOTH_DAYS, POLL);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });

  it('places a batch of them against itself', () => {
    const store = createLineStore();
    const rows = [
      aRow({ id: 'W1' }),
      aRow({ id: 'W2', reference: `PAYSHAP ${ANNA}` }),
      aRow({ id: 'W1', amountMinor: 7_500n }),
    ];
    store.capture(rows, ONE_ROW);
    expect([store.lines().length, waits(store)]).toEqual([1, ['possible_duplicate', 'id_reused']]);
  });

  it('credits a daily payer’s webhook before the file of the day before, and each day once', () => {
    const store = createLineStore();
    for (const day of [0, 1, 2, 3]) {
      store.capture([aRow({ id: `W${day}`, day: dayOf(day) })], ONE_ROW);
      if (day > 0)
        store.capture(
          [aRow({ day: dayOf(day - 1) })],
          wholeDays(dayOf(day - 1), dayOf(day - 1)),
          CAMT,
        );
    }
    expect(holdsOf(store)).toEqual([null, null, null, null]);
  });

  it('stops the wait of a row that no read of its day shows', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'W1' })], ONE_ROW);
    store.capture([aRow({ id: 'W2' })], ONE_ROW);
    for (let read = 0; read < 2; read += 1) store.capture([], BOTH_DAYS, POLL);
    expect(waits(store)).toEqual([]);
  });

  it('places a debit like a credit', () => {
    const store = createLineStore();
    const debit = aRow({ amountMinor: -5_000n, reference: `REVERSAL ${ANNA}` });
    store.capture([{ ...debit, id: 'W1' }], ONE_ROW);
    store.capture([{ ...debit, day: NEXT_DAY, id: 'P1' }], BOTH_DAYS, POLL);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });
});
