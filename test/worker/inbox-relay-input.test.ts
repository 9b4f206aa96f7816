import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { relayBatch } from '../../worker/inbox-relay.ts';
import { countMoves } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { booked, createInbox, type Inbox } from '../support/inbox.ts';

let test: TestDatabase;
let inbox: Inbox;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
  inbox = createInbox(test);
});
afterEach(async () => {
  await verifyClean(test.db);
});
afterAll(() => test.close());

describe('the relay, on hostile events,', () => {
  const row = (fields: Record<string, unknown>) => (account: string) =>
    JSON.stringify({
      type: 'transaction.booked',
      accountId: account,
      transaction: {
        id: 'T1',
        date: '2026-11-20',
        amount: '50.00',
        currency: 'ZAR',
        type: 'credit',
        status: 'booked',
        ...fields,
      },
    });
  const amounts = [
    ...['-0', '1e5', '1E400', '0x10', '1.005', '1,234.50', '1 234,50', '٥٠', 'NaN', ''],
    ...['9007199254740993000', '1000000000000000000', '-50.00', '+50.00', null, true, [7], 1e21],
  ];
  const bad: readonly (readonly [string, (account: string) => string | Buffer])[] = [
    ...amounts.map((amount) => [`amount ${JSON.stringify(amount)}`, row({ amount })] as const),
    ['no amount', row({ amount: undefined })],
    ['currency zar', row({ currency: 'zar' })],
    ['currency XTS', row({ currency: 'XTS' })],
    ['no currency', row({ currency: undefined })],
    ['31 February', row({ date: '2026-02-31' })],
    ['the year 1', row({ date: '0001-01-01' })],
    ['the year 9999', row({ date: '9999-12-31' })],
    ['a day in the future', row({ date: '2026-11-23' })],
    ['an unknown status', row({ status: 'confirmed' })],
    ['a pending row', row({ status: 'pending' })],
    ['an unknown direction', row({ type: 'CRDT' })],
    ['an id of 10 KB', row({ id: 'x'.repeat(10_240) })],
    ['an id with NUL', row({ id: 'a\u0000b' })],
    ['another account', () => row({})('elsewhere')],
    ['no JSON', () => 'hello'],
    ['two amounts', (account) => row({})(account).replace('"50.00"', '"50.00","amount":"60.00"')],
    ['invalid UTF-8', () => Buffer.from([0x7b, 0xff, 0x7d])],
    ['nothing', () => ''],
    ['a list', () => '[]'],
  ];

  it('captures the line of an event with an unknown field, and records the field once', async () => {
    const account = await inbox.addAccount();
    const { dependencies } = inbox.relay();
    await inbox.receive(account, [row({ fee: '1.00' })(account), row({ fee: '2.00' })(account)]);
    await relayBatch(dependencies);
    expect(await inbox.outcomesOf(account)).not.toContain('unreadable');
    const fields =
      await test.owner`select name from unknown_fields where bank_account_key = ${account}`;
    expect([...fields]).toEqual([{ name: 'fee' }]);
  });

  it('records an unreadable event with its reason, leaves no posting, and continues with the others', async () => {
    const account = await inbox.addAccount();
    const { dependencies } = inbox.relay();
    const before = await countMoves(test.db);
    await inbox.receive(
      account,
      bad.map(([, make]) => make(account)),
    );
    await relayBatch(dependencies);
    const outcomes = await inbox.outcomesOf(account);
    const read = bad.map(([name]) => name).filter((_, index) => outcomes[index] !== 'unreadable');
    expect(read).toEqual([]);
    expect(await countMoves(test.db)).toEqual(before);
    const codes = await test.owner`
      select distinct error_code from bank_events where bank_account_key = ${account}`;
    expect([...codes]).toEqual([{ error_code: 'webhook.unreadable' }]);
  });

  it.each([
    ['NUL bytes', 'CUS\u00000000\u00001234'],
    ['half a surrogate', 'x\ud800y'],
    ['10 KB', 'ÄZ√ '.repeat(2_560)],
    ['a line break and a log line', 'a\nERROR credited R1,000,000'],
    ['SQL', "'; drop table lines; --"],
    ['a template', '${process.exit()} {{7*7}} =HYPERLINK("x")'],
    ['direction and zero-width marks', '\u202eCUS\u200b0000\u20601234'],
  ])('captures a line once whose reference holds %s', async (_, reference) => {
    const account = await inbox.addAccount();
    const { dependencies } = inbox.relay();
    const body = booked(account, { id: 'T1', reference });
    await inbox.receive(account, [body, body]);
    await relayBatch(dependencies);
    expect(await inbox.outcomesOf(account)).toEqual(['captured', 'known']);
    expect(await inbox.statesOf(account)).toEqual({ captured: 1 });
  });

  it('stores a notice of amount zero and credits nothing', async () => {
    const account = await inbox.addAccount();
    const { dependencies, signalled } = inbox.relay();
    const before = await countMoves(test.db);
    await inbox.receive(account, [booked(account, { id: 'T1', amount: '0' })]);
    await relayBatch(dependencies);
    expect(await inbox.outcomesOf(account)).toEqual(['captured']);
    expect([await countMoves(test.db), signalled]).toEqual([before, []]);
  });
});
