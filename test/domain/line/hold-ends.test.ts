import { describe, expect, it } from 'vitest';
import { createLineStore, holdsOf } from '../support/line-store.ts';
import { ANNA, aRow, BEN, BOTH_DAYS, ONE_ROW } from '../support/shown-rows.ts';

const POLL = { feed: 'poll', idStable: false } as const;

describe('a row that waits', () => {
  it('ends when two polls of its day, which is over, no longer show it', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'T0000001' })], BOTH_DAYS, POLL);
    store.capture([aRow({ id: 'T0000001', amountMinor: 7_500n })], BOTH_DAYS, POLL);
    expect(store.held()).toHaveLength(1);
    for (let read = 0; read < 2; read += 1) store.capture([], BOTH_DAYS, POLL);
    expect(store.held()).toEqual([]);
  });

  it('stays apart from another payment while the bank shows its id with another amount', () => {
    const store = createLineStore();
    const nameless = aRow({ id: 'T0000001', reference: 'J PETERS' });
    store.capture([nameless], BOTH_DAYS, POLL);
    store.capture([aRow({ id: 'T0000002' })], ONE_ROW);
    const corrected = aRow({ id: 'T0000002', amountMinor: 7_500n });
    for (let read = 0; read < 3; read += 1) store.capture([nameless, corrected], BOTH_DAYS, POLL);
    expect(
      store.lines().map(({ appearances }) => appearances.map(({ references: [text] }) => text)),
    ).toEqual([['J PETERS'], [ANNA]]);
  });

  it('ends with the statement of its day where the account is not polled', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'W1' })], ONE_ROW);
    store.capture([aRow({ id: 'W2', reference: 'CASH' })], ONE_ROW);
    expect(store.held()).toHaveLength(1);
    store.capture(
      [aRow({ reference: 'CASH DEPOSIT' }), aRow({ reference: `EFT ${ANNA}` })],
      BOTH_DAYS,
      {
        feed: 'file',
        source: 'mt940',
        idStable: false,
      },
    );
    expect([store.held(), holdsOf(store)]).toEqual([[], [null, null]]);
  });
});

describe('rows that only share an id', () => {
  it('make no batch of a line that lacks that id', () => {
    const store = createLineStore();
    store.capture([aRow({ amountMinor: 7_500n })], ONE_ROW);
    const rows = [
      aRow({ id: 'X', amountMinor: 5_000n, reference: BEN }),
      aRow({ id: 'X', amountMinor: 2_500n, reference: 'J PETERS' }),
    ];
    for (let read = 0; read < 2; read += 1) store.capture(rows, BOTH_DAYS, POLL);
    expect(holdsOf(store)).toEqual([null, null, null]);
  });
});
