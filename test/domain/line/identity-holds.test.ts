import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsWithIds, THREE_DAYS } from '../support/bank-rows.ts';
import {
  ANNA,
  aRow,
  BEN,
  BOTH_DAYS,
  createLineStore,
  DAY,
  holdsOf,
  NEXT_DAY,
  ONE_ROW,
  wholeDays,
} from '../support/line-store.ts';

describe('a partial sighting', () => {
  it('makes a new line of new facts, to which the snapshot adds nothing', () => {
    fc.assert(
      fc.property(rowsWithIds, (rows) => {
        const store = createLineStore();
        const different = [
          ...new Map(
            rows.map((row) => [
              JSON.stringify([row.day, row.amountMinor.toString(), row.reference]),
              row,
            ]),
          ).values(),
        ];
        for (const row of different) store.capture([row], ONE_ROW);
        expect(store.lines()).toHaveLength(different.length);
        expect(store.capture(different, THREE_DAYS).newLines).toEqual([]);
      }),
    );
  });

  it('adds nothing after the snapshot that showed it, with the same id, another one or none', () => {
    for (const id of ['T1', 'W1', null]) {
      const store = createLineStore();
      store.capture([aRow({ id: 'T1' })], BOTH_DAYS);
      expect(store.capture([aRow({ id })], ONE_ROW).newLines).toEqual([]);
    }
  });

  it('makes one line, however often it comes', () => {
    const store = createLineStore();
    for (let time = 0; time < 5; time += 1) store.capture([aRow({ id: 'T1' })], ONE_ROW);
    expect(store.lines()).toHaveLength(1);
    expect(store.held()).toEqual([]);
  });

  it('holds a twin, which a snapshot that counts two then releases', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1' })], ONE_ROW);
    expect(store.capture([aRow({ id: 'T2' })], ONE_ROW).held).toHaveLength(1);
    const decision = store.capture([aRow({ id: 'P1' }), aRow({ id: 'P2' })], BOTH_DAYS);
    expect(decision.newLines.map(({ hold }) => hold)).toEqual([null]);
    expect(decision.resolvedHolds).toMatchObject([{ newLineIndex: 0 }]);
  });

  it('holds a line while its day is open, and attaches it when the closed day counts one', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1' })], ONE_ROW);
    store.capture([aRow({ id: 'T2' })], ONE_ROW);
    const openDay = wholeDays(DAY, DAY, '2026-11-01');
    expect(store.capture([aRow({ id: 'P1' })], openDay).resolvedHolds).toEqual([]);
    expect(store.held()).toHaveLength(1);
    expect(
      store.capture([aRow({ id: 'P1' })], wholeDays(DAY, NEXT_DAY, DAY)).resolvedHolds,
    ).toMatchObject([{ lineId: 'line-1' }]);
    expect(store.lines()).toHaveLength(1);
  });

  it('holds three twins separately: two new lines release two of them', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'P1' })], BOTH_DAYS);
    for (const id of ['A', 'B', 'C']) store.capture([aRow({ id })], ONE_ROW);
    const { resolvedHolds } = store.capture([aRow(), aRow(), aRow()], BOTH_DAYS);
    expect(resolvedHolds.map((hold) => 'newLineIndex' in hold)).toEqual([true, true, false]);
    expect(store.lines()).toHaveLength(3);
  });

  it('stays the line that its id names, and not the next new line with its facts', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1' })], BOTH_DAYS);
    store.capture([aRow({ id: 'T2' })], ONE_ROW);
    const { newLines, resolvedHolds } = store.capture(
      [aRow({ id: 'T1' }), aRow({ id: 'T3' }), aRow({ id: 'T2' })],
      BOTH_DAYS,
    );
    expect(newLines.map(({ row }) => row.stableId)).toEqual(['T3', 'T2']);
    expect(resolvedHolds).toMatchObject([{ newLineIndex: 1 }]);
  });

  it('holds a line that looks like another of its day under another id and text', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'P1', reference: `PAYSHAP CREDIT ${ANNA} J SMITH` })], BOTH_DAYS);
    const { held, newLines } = store.capture([aRow({ id: 'W1', reference: ANNA })], ONE_ROW);
    expect([held.length, newLines.length]).toEqual([1, 0]);
  });

  it('releases a line like another of its day once a snapshot shows both', () => {
    const store = createLineStore();
    const first = aRow({ reference: `${ANNA} first` });
    store.capture([first], BOTH_DAYS);
    store.capture([aRow({ id: 'W1', reference: `${ANNA} second` })], ONE_ROW);
    const decision = store.capture([first, aRow({ reference: `${ANNA} second` })], BOTH_DAYS);
    expect(decision.newLines.map(({ hold }) => hold)).toEqual([null]);
    expect(decision.resolvedHolds).toHaveLength(1);
  });
});

describe('the search for look-alikes', () => {
  it('holds a line whose text was cut so far that the code is lost', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T1' })], BOTH_DAYS);
    store.capture([aRow({ id: 'X1', reference: 'CUS00001' })], BOTH_DAYS);
    expect(holdsOf(store)).toEqual([null, 'edited_look_alike']);
    expect(store.capture([aRow({ id: 'Y1', reference: 'CUS00001' })], BOTH_DAYS).newLines).toEqual(
      [],
    );
  });

  it('holds a line that moved by up to three days, while the day that it left is read', () => {
    for (const [day, hold] of [
      ['2026-11-05', 'edited_look_alike'],
      ['2026-11-06', null],
    ] as const) {
      const store = createLineStore();
      store.capture([aRow()], wholeDays(DAY, '2026-11-07'));
      store.capture([aRow({ day })], wholeDays(DAY, '2026-11-07'));
      expect(holdsOf(store)).toEqual([null, hold]);
    }
  });

  it('finds none where the older line appears in the snapshot too', () => {
    const store = createLineStore();
    store.capture([aRow({ reference: `${ANNA} one` })], BOTH_DAYS);
    store.capture(
      [aRow({ reference: `${ANNA} one` }), aRow({ reference: `${ANNA} two` })],
      BOTH_DAYS,
    );
    expect(holdsOf(store)).toEqual([null, null]);
  });

  it('finds none where the amount or the customer differs, or only a short text agrees', () => {
    for (const other of [
      aRow({ amountMinor: 5_001n, reference: `${ANNA} x` }),
      aRow({ reference: BEN }),
    ]) {
      const store = createLineStore();
      store.capture([aRow()], BOTH_DAYS);
      store.capture([other], BOTH_DAYS);
      expect(holdsOf(store)).toEqual([null, null]);
    }
    const store = createLineStore();
    store.capture([aRow({ reference: 'rent' })], BOTH_DAYS);
    store.capture([aRow({ reference: 'rent november' })], BOTH_DAYS);
    expect(holdsOf(store)).toEqual([null, null]);
  });

  it('holds every new line that could be the missing one of another day, since nothing shows which one is', () => {
    const store = createLineStore();
    store.capture([aRow({ reference: `${ANNA} a` })], BOTH_DAYS);
    store.capture(
      [
        aRow({ day: NEXT_DAY, reference: `${ANNA} b` }),
        aRow({ day: NEXT_DAY, reference: `${ANNA} c` }),
      ],
      BOTH_DAYS,
    );
    expect(holdsOf(store)).toEqual([null, 'edited_look_alike', 'edited_look_alike']);
  });

  it('holds the same lines in any order of the rows', () => {
    const rows = [
      aRow({ reference: `PAYSHAP ${ANNA}` }),
      aRow({ day: NEXT_DAY, reference: `${ANNA} J SMITH` }),
      aRow({ reference: 'CUS00001' }),
      aRow({ reference: BEN }),
    ];
    for (const order of [rows, [...rows].reverse()]) {
      const store = createLineStore();
      store.capture([aRow({ day: NEXT_DAY })], ONE_ROW);
      store.capture([aRow({ id: 'W1' })], ONE_ROW);
      store.capture(order, BOTH_DAYS, { storedBefore: 1 });
      const held = store.lines().filter((line) => line.hold === 'possible_duplicate');
      expect(held).toHaveLength(2);
    }
  });

  it('finds them among 1,500 lines that a bank moved to the next day', () => {
    const rows = Array.from({ length: 1_500 }, (_, index) =>
      aRow({ reference: `CUS${10_000_000 + index}` }),
    );
    const store = createLineStore();
    store.capture(rows, BOTH_DAYS);
    store.capture(
      rows.map((row) => ({ ...row, day: NEXT_DAY })),
      BOTH_DAYS,
    );
    expect(holdsOf(store).filter((hold) => hold === 'edited_look_alike')).toHaveLength(1_500);
  });

  it('holds a line that a webhook brought under another text while the snapshot was being read', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'W1', reference: `${ANNA} J SMITH` })], ONE_ROW);
    store.capture([aRow({ id: 'P1', reference: ANNA })], BOTH_DAYS, { storedBefore: 0 });
    expect(holdsOf(store)).toEqual([null, 'possible_duplicate']);
  });

  it('holds a line that could be one that a webhook dated otherwise while the snapshot was being read', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'W1', day: NEXT_DAY })], ONE_ROW);
    store.capture([aRow({ id: 'P1' })], BOTH_DAYS, { storedBefore: 0 });
    expect(holdsOf(store)).toEqual([null, 'possible_duplicate']);
  });
});
