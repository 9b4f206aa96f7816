import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { AMOUNT_MINOR_MAX } from '../../../domain/money/money.ts';
import { aSighting, anAccount, notify, poll, TODAY, WHOLE_DAYS } from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
});
afterAll(() => test.close());

interface Stored {
  readonly lines: number;
  readonly journals: number;
  readonly deposits: number;
  readonly held: number;
}

async function storedOf(accountKey: string): Promise<Stored> {
  const [row] = await test.db.execute<{ [Key in keyof Stored]: number }>(sql`
    select (select count(*) from lines where bank_account_key = ${accountKey})::int as lines,
           (select count(*) from journals where bank_account_key = ${accountKey})::int as journals,
           (select count(*) from deposits where bank_account_key = ${accountKey})::int as deposits,
           (select count(*) from sightings where bank_account_key = ${accountKey} and line_id is null)::int as held`);
  if (row === undefined) throw new Error('Counting answers one row.');
  return row;
}

const ONE: Stored = { lines: 1, journals: 1, deposits: 1, held: 0 };

describe('capturing a poll', () => {
  it('stores twins as two deposits, and nothing more when it reads the window again', async () => {
    const account = await anAccount(test.db);
    const rows = [aSighting(), aSighting(), aSighting({ direction: 'debit' })];
    const first = await poll(test.db, account, rows);
    expect(first).toMatchObject({ linesNew: 3, depositsNew: 2, held: 0 });
    for (let time = 0; time < 2; time += 1) {
      expect(await poll(test.db, account, rows)).toMatchObject({ linesNew: 0, depositsNew: 0 });
    }
    expect(await storedOf(account)).toEqual({ lines: 3, journals: 3, deposits: 2, held: 0 });
    await verifyClean(test.db);
  });

  it('stores rows once that a page with stable ids repeats', async () => {
    const account = await anAccount(test.db);
    const page = ['T1', 'T2', 'T3'].map((bankId) => aSighting({ bankId }));
    const { placements } = await poll(test.db, account, [...page, ...page], { idStable: true });
    expect(placements.map(({ kind }) => kind)).toEqual([
      ...['new', 'new', 'new'],
      ...['repeat', 'repeat', 'repeat'],
    ]);
    await verifyClean(test.db);
  });

  it('names a deposit’s workflow by a plain stable id, else by its facts, and never twice alike', async () => {
    const account = await anAccount(test.db);
    const ids = ['a/b', 'CUS00001234', ' ', 'x'.repeat(101), 'facts-0-1'];
    await poll(
      test.db,
      account,
      ids.map((bankId, index) => aSighting({ bankId, amountMinor: BigInt(100 + index) })),
      { idStable: true },
    );
    const keys = await test.db.execute<{ transaction_key: string }>(sql`
      select transaction_key from lines where bank_account_key = ${account} order by id`);
    expect(keys.map((row) => /^facts-[0-9a-f]{40}-1$/.test(row.transaction_key))).toEqual(
      ids.map(() => true),
    );
    await poll(test.db, account, [aSighting({ bankId: 'T-2', references: ['only here'] })], {
      idStable: true,
    });
    const [named] = await test.db.execute(sql`
      select count(*)::int as count from lines where bank_account_key = ${account} and transaction_key = 'T-2'`);
    expect(named).toEqual({ count: 1 });
    await verifyClean(test.db);
  });

  it('keeps every reference as it came, except what Postgres cannot store', async () => {
    const account = await anAccount(test.db);
    const long = 'ÄZ√ '.repeat(2_560);
    await poll(test.db, account, [
      aSighting({
        references: ['CUS\u00000000\u00001234', '\ud800 half', '"quoted" {a,b} \\ \'; --', long],
        text: 'with\u0000NUL',
        counterparty: { name: 'A\u0000B', account: '\udfff' },
      }),
    ]);
    const [row] = await test.db.execute(sql`
      select "references", text, counterparty_name, counterparty_account from lines where bank_account_key = ${account}`);
    expect(row).toEqual({
      references: ['CUS00001234', '\ufffd half', '"quoted" {a,b} \\ \'; --', long],
      text: 'withNUL',
      counterparty_name: 'AB',
      counterparty_account: '\ufffd',
    });
    await verifyClean(test.db);
  });

  it('captures a line whose id is longer than an index can store', async () => {
    const account = await anAccount(test.db);
    const bankId = Array.from({ length: 10_000 }, (_, index) => (index * 7_919).toString(36)).join(
      '',
    );
    for (let time = 0; time < 2; time += 1) await poll(test.db, account, [aSighting({ bankId })]);
    await notify(test.db, account, aSighting({ bankId }));
    expect(await storedOf(account)).toEqual(ONE);
    await verifyClean(test.db);
  });

  it('adds nothing when a line comes again that was booked long before the days of its snapshot', async () => {
    const account = await anAccount(test.db);
    const late = aSighting({ bookingDate: parseLocalDate('2026-10-01') });
    for (let time = 0; time < 2; time += 1) await poll(test.db, account, [late]);
    expect(await storedOf(account)).toEqual(ONE);
    await verifyClean(test.db);
  });

  it('shows pending rows as last read, and makes a deposit of them only once they are booked', async () => {
    const account = await anAccount(test.db);
    const pending = [
      aSighting({ status: 'pending', bankId: 'P1' }),
      aSighting({ status: 'pending', bankId: 'P2' }),
    ];
    expect((await poll(test.db, account, pending)).placements).toEqual([
      { kind: 'pending' },
      { kind: 'pending' },
    ]);
    expect(await storedOf(account)).toEqual({ lines: 0, journals: 0, deposits: 0, held: 0 });
    const shown = () =>
      test.db.execute(
        sql`select occurrence from pending_lines where bank_account_key = ${account}`,
      );
    expect(await shown()).toHaveLength(2);
    await poll(test.db, account, [
      aSighting({ bankId: 'B1' }),
      aSighting({ status: 'pending', bankId: 'P2' }),
    ]);
    expect(await storedOf(account)).toEqual(ONE);
    expect(await shown()).toHaveLength(1);
    await verifyClean(test.db);
  });

  it('stores a notice of amount zero once, without a journal', async () => {
    const account = await anAccount(test.db);
    for (let time = 0; time < 2; time += 1) {
      await poll(test.db, account, [aSighting({ amountMinor: 0n })]);
    }
    expect(await storedOf(account)).toEqual({ lines: 1, journals: 0, deposits: 0, held: 0 });
    await verifyClean(test.db);
  });

  it('captures the largest amount, and nothing of a window with a larger one', async () => {
    const account = await anAccount(test.db);
    await poll(test.db, account, [aSighting({ amountMinor: AMOUNT_MINOR_MAX })]);
    const before = await storedOf(account);
    await expect(
      poll(test.db, account, [
        aSighting({ references: ['fine'] }),
        aSighting({ amountMinor: AMOUNT_MINOR_MAX + 1n }),
      ]),
    ).rejects.toThrow();
    expect(await storedOf(account)).toEqual(before);
    await verifyClean(test.db);
  });

  it('holds the bank’s own reversal that brings money back', async () => {
    const account = await anAccount(test.db);
    await poll(test.db, account, [aSighting({ reversal: true })]);
    const [row] = await test.db.execute(
      sql`select hold_reason from deposits where bank_account_key = ${account}`,
    );
    expect(row).toEqual({ hold_reason: 'reversal_unpaired' });
    await verifyClean(test.db);
  });

  it('captures 3,000 lines at once and recognises them all on the next read', async () => {
    const account = await anAccount(test.db);
    const rows = Array.from({ length: 3_000 }, (_, index) =>
      aSighting({ bankId: `T${index}`, amountMinor: BigInt(100 + (index % 500)) }),
    );
    expect(await poll(test.db, account, rows)).toMatchObject({ linesNew: 3_000 });
    expect(await poll(test.db, account, [...rows].reverse())).toMatchObject({ linesNew: 0 });
    await verifyClean(test.db);
  });
});

describe('capturing from several feeds', () => {
  const openDay = {
    ...WHOLE_DAYS,
    lastClosedDay: parseLocalDate('2026-11-19'),
  };

  it('makes one line of a webhook and a poll, whichever comes first, and however often', async () => {
    for (const order of ['webhook first', 'poll first']) {
      const account = await anAccount(test.db);
      const row = aSighting({ bankId: 'T1' });
      const feeds = [() => notify(test.db, account, row), () => poll(test.db, account, [row])];
      if (order === 'poll first') feeds.reverse();
      for (const capture of [...feeds, ...feeds]) await capture();
      expect(await storedOf(account), order).toEqual(ONE);
    }
    await verifyClean(test.db);
  });

  it('holds a webhook’s twin until a poll counts two, and then releases it', async () => {
    const account = await anAccount(test.db);
    await notify(test.db, account, aSighting({ bankId: 'T1' }));
    const twin = await notify(test.db, account, aSighting({ bankId: 'T2' }));
    expect(twin.placements).toEqual([{ kind: 'held' }]);
    expect(await storedOf(account)).toEqual({ ...ONE, held: 1 });
    await poll(test.db, account, [aSighting(), aSighting()], { scope: openDay });
    expect(await storedOf(account)).toEqual({ lines: 2, journals: 2, deposits: 2, held: 0 });
    const rows = await test.db.execute(
      sql`select hold_reason from deposits where bank_account_key = ${account}`,
    );
    expect(rows).toEqual([{ hold_reason: null }, { hold_reason: null }]);
    await verifyClean(test.db);
  });

  it('attaches a held webhook when its day is over and counts one', async () => {
    const account = await anAccount(test.db);
    await poll(test.db, account, [aSighting({ bankId: 'P1' })], { scope: openDay });
    await notify(test.db, account, aSighting({ bankId: 'W1' }));
    await notify(test.db, account, aSighting({ bankId: 'W2' }));
    await poll(test.db, account, [aSighting({ bankId: 'P1' })], { scope: openDay });
    expect(await storedOf(account)).toEqual({ ...ONE, held: 1 });
    await poll(test.db, account, [aSighting({ bankId: 'P1' })]);
    expect(await storedOf(account)).toEqual(ONE);
    await verifyClean(test.db);
  });

  it('continues when a held webhook comes again after a poll has shown its id', async () => {
    const account = await anAccount(test.db);
    const polled = (bankId: string) =>
      poll(test.db, account, [aSighting({ bankId })], { scope: openDay });
    await polled('P1');
    await notify(test.db, account, aSighting({ bankId: 'W1' }));
    await polled('W1');
    await notify(test.db, account, aSighting({ bankId: 'W1' }));
    await poll(test.db, account, [aSighting({ bankId: 'W1' })]);
    expect(await storedOf(account)).toEqual(ONE);
    await verifyClean(test.db);
  });

  it('continues when an intraday report held a line that the statement then shows', async () => {
    const account = await anAccount(test.db);
    const row = aSighting({ bankId: 'FT1' });
    await poll(test.db, account, [row], { scope: openDay });
    await poll(test.db, account, [row], { feed: 'file', scope: { kind: 'partial' } });
    for (let time = 0; time < 2; time += 1) await poll(test.db, account, [row], { feed: 'file' });
    expect(await storedOf(account)).toEqual(ONE);
    await verifyClean(test.db);
  });

  it('makes one line and one journal of a webhook and a poll that race, 200 times', async () => {
    const accounts = await Promise.all([1, 2, 3, 4].map(() => anAccount(test.db)));
    const kinds: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      const row = aSighting({ bankId: `T${round}`, amountMinor: BigInt(10_000 + round) });
      const outcomes = await Promise.all(
        accounts.flatMap((account) => [
          notify(test.db, account, row),
          poll(test.db, account, [row], { scope: openDay }),
        ]),
      );
      for (const { placements } of outcomes) kinds.push(...placements.map(({ kind }) => kind));
    }
    expect(kinds.sort()).toEqual([
      ...Array.from({ length: 200 }, () => 'known'),
      ...Array.from({ length: 200 }, () => 'new'),
    ]);
    for (const account of accounts) {
      expect(await storedOf(account)).toEqual({ lines: 50, journals: 50, deposits: 50, held: 0 });
    }
    await verifyClean(test.db);
  });

  it('keeps one sighting for each way in which a line was seen', async () => {
    const account = await anAccount(test.db);
    const row = aSighting({ bankId: 'T1' });
    for (let time = 0; time < 3; time += 1) {
      await notify(test.db, account, row);
      await poll(test.db, account, [row]);
      await poll(test.db, account, [row], { feed: 'file' });
    }
    const rows = await test.db.execute(
      sql`select feed, bank_id, booking_date::text as day from sightings where bank_account_key = ${account} order by feed`,
    );
    expect(rows).toEqual(
      ['file', 'poll', 'webhook'].map((feed) => ({ feed, bank_id: 'T1', day: TODAY })),
    );
  });
});
