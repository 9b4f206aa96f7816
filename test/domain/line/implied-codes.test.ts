import { describe, expect, it } from 'vitest';
import { createLineStore, holdsOf, type LineStore } from '../support/line-store.ts';
import { ANNA, aRow, BOTH_DAYS, DAY, ONE_ROW, wholeDays } from '../support/shown-rows.ts';

const POLL = { feed: 'poll', idStable: false } as const;
const MT940 = { feed: 'file', source: 'mt940', idStable: false } as const;
const CSV = { feed: 'file', source: 'csv.capitec', idStable: false } as const;
/** The day of the rows is not over. */
const OPEN_DAY = wholeDays(DAY, DAY, '2026-11-01');

const waits = (store: LineStore) => store.held().map(({ reason }) => reason);
const texts = (store: LineStore) => store.lines().map(({ references }) => references[0]);

describe('a code is never implied:', () => {
  const webhook = aRow({ id: 'W1', reference: `PAYSHAP ${ANNA}` });
  const other = aRow({ id: 'P1', reference: 'J PETERS' });

  it('holds a payment without a code while a webhook’s line of its amount is not read, and loses neither', () => {
    const store = createLineStore();
    store.capture([webhook], ONE_ROW);
    store.capture([other], OPEN_DAY, POLL);
    expect([texts(store), waits(store)]).toEqual([[webhook.reference], ['possible_duplicate']]);
    store.capture([other, aRow({ id: 'P2' })], OPEN_DAY, POLL);
    expect([texts(store), waits(store)]).toEqual([[webhook.reference, 'J PETERS'], []]);
  });

  it('ties the same payment in other words when two reads of its day, which is over, count one', () => {
    const store = createLineStore();
    store.capture([webhook], ONE_ROW);
    for (let read = 0; read < 2; read += 1)
      store.capture([aRow({ reference: 'EFT CREDIT' })], BOTH_DAYS, POLL);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });

  it('gives no row to a webhook’s line whose id stands beside another amount: the bank corrected that', () => {
    const store = createLineStore();
    const { reference } = webhook;
    const second = aRow({ id: 'W2', reference, amountMinor: 7_500n });
    for (const told of [webhook, second]) store.capture([told], ONE_ROW);
    // Two equal rows now, of which one was the webhook's line: nothing is left over to show that.
    const corrected = aRow({ id: 'W1', reference, amountMinor: 7_500n });
    for (let read = 0; read < 3; read += 1)
      store.capture([corrected, second, other], BOTH_DAYS, POLL);
    const named = store
      .lines()
      .flatMap(({ appearances, references: [text] }) =>
        appearances.some(({ references: [said] }) => said === 'J PETERS') ? [text] : [],
      );
    expect(named).toEqual(['J PETERS']);
  });

  it('ends no row that waits by an id that another payment has now: ids may be positions', () => {
    const store = createLineStore();
    const cash = aRow({ id: '1', reference: 'CASH' });
    store.capture([cash], OPEN_DAY, POLL);
    store.capture([aRow({ id: '2', reference: ANNA })], OPEN_DAY, POLL);
    // The bank renumbers: the nameless payment stands where the customer's was.
    store.capture([aRow({ id: '2', reference: 'CASH' })], OPEN_DAY, POLL);
    const [line] = store.lines();
    expect(line?.appearances.map(({ references: [text] }) => text)).not.toContain(ANNA);
  });

  it('gives way to the customer’s own row that comes after a count', () => {
    const store = createLineStore();
    store.capture([webhook], ONE_ROW);
    for (let read = 0; read < 2; read += 1) store.capture([other], BOTH_DAYS, POLL);
    store.capture([other, aRow({ id: 'P2' })], BOTH_DAYS, POLL);
    expect([texts(store), holdsOf(store)]).toEqual([
      [webhook.reference, 'J PETERS'],
      [null, null],
    ]);
  });

  it('leaves a line with the customer whom a count gave it, when the row of its first words comes', () => {
    const store = createLineStore();
    store.capture([aRow({ id: 'W1', reference: 'CASH' })], ONE_ROW);
    for (let read = 0; read < 3; read += 1) store.capture([aRow({ id: 'P1' })], BOTH_DAYS, POLL);
    const both = [aRow({ id: 'P1' }), aRow({ id: 'P2', reference: 'CASH' })];
    for (let read = 0; read < 3; read += 1) store.capture(both, BOTH_DAYS, POLL);
    expect(texts(store)).toEqual(['CASH', 'CASH']);
    expect(
      store.lines().map(({ appearances }) => appearances.map((each) => each.references[0])),
    ).toEqual([['CASH', ANNA], ['CASH']]);
  });

  it('leaves it there whatever file named the customer', () => {
    const store = createLineStore();
    const cash = aRow({ id: 'P1', reference: 'CASH' });
    for (let read = 0; read < 2; read += 1) store.capture([cash], BOTH_DAYS, POLL);
    store.capture([aRow({ reference: `EREF ${ANNA}` })], BOTH_DAYS, MT940);
    for (let read = 0; read < 2; read += 1)
      store.capture([cash, aRow({ id: 'P2' })], BOTH_DAYS, POLL);
    const named = store
      .lines()
      .map(({ appearances }) =>
        appearances.some(({ references }) => references[0]?.includes(ANNA)),
      );
    expect([texts(store), named]).toEqual([
      ['CASH', 'CASH'],
      [true, false],
    ]);
  });

  it('knows at once by the balance beside both rows that they are one', () => {
    const store = createLineStore();
    const told = { balanceMinor: 12_345n };
    store.capture([aRow(told)], OPEN_DAY, POLL);
    store.capture([aRow({ ...told, reference: 'EFT CREDIT' })], OPEN_DAY, CSV);
    expect([store.lines().length, waits(store)]).toEqual([1, []]);
  });
});
