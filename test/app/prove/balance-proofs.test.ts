import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fetchLines } from '../../../activities/fetch-lines.ts';
import { proveDay } from '../../../activities/prove-day.ts';
import type { UnreadableRow } from '../../../bank/json/read-row.ts';
import type { BookedBalance, Feed } from '../../../bank/feeds/feed.ts';
import { newId } from '../../../db/new-id.ts';
import { listUnprovedAccounts } from '../../../db/queries/day-proofs.ts';
import { isGateClosed } from '../../../db/queries/gates.ts';
import { CodedError } from '../../../domain/errors.ts';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import { signedMinor, type Sighting } from '../../../domain/line/sighting.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  createTestDependencies,
  NOW,
  notify,
  TODAY,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';
import { importStatement } from '../../support/statements.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

/** A bank whose truth a test changes while it goes on: R1,000.00 and the lines. */
function aBank(given: { readonly lines?: readonly Sighting[] } = {}) {
  const bank = {
    lines: given.lines ?? [aSighting()],
    /** Rows that cannot be read, of today. */
    unreadable: [] as readonly UnreadableRow[],
    hidesPending: false,
    /** What the balance is off by. */
    offMinor: 0n,
    /** Instead of what the lines add up to. */
    balance: (): Promise<BookedBalance | null> =>
      Promise.resolve({
        minor: bank.lines
          .filter(({ status }) => status === 'booked')
          .reduce((sum, line) => sum + signedMinor(line), 100_000n + bank.offMinor),
        day: null,
      }),
    /** Happens once the lines were shown, and before the second balance. */
    afterLines: (): void => undefined,
    asked: 0,
  };
  const feed: Feed = {
    idStable: false,
    fetchWindow: (window) => {
      const sightings = bank.lines;
      bank.afterLines();
      const { unreadable, hidesPending } = bank;
      return Promise.resolve({
        window,
        sightings,
        unreadable,
        hidesPending,
        pages: 1,
        unknownFields: [],
      });
    },
    readBalance: () => {
      bank.asked += 1;
      return bank.balance();
    },
  };
  return Object.assign(bank, { feed });
}

async function read(accountKey: string, { feed }: { readonly feed: Feed }, now = NOW) {
  const dependencies = createTestDependencies(test.db, { feed, clock: () => now });
  return activityContext().run(() => fetchLines(dependencies, { accountKey, runId: newId('run') }));
}

async function looksOf(accountKey: string) {
  const rows = await test.owner`
    select day::text, source, difference_minor::text as off from day_proofs where bank_account_key = ${accountKey} order by id`;
  return rows.map(({ day, source, off }) => `${String(day)} ${String(source)} ${String(off)}`);
}

/** An account whose ledger has begun. */
async function aBegunAccount(bank: ReturnType<typeof aBank>): Promise<string> {
  const accountKey = await anAccount(test.db);
  await read(accountKey, bank);
  expect(await looksOf(accountKey)).toEqual([]);
  return accountKey;
}

const closesGate = (accountKey: string) =>
  test.owner`update bank_accounts set balance_policy = 'close_gate' where key = ${accountKey}`;

const A_ROW: UnreadableRow = {
  position: 'page 1, row 2',
  field: 'amount',
  why: 'amount is not a plain amount in ZAR',
  raw: '{"amount":"1,000.00"}',
  digest: 'd'.repeat(64),
  day: TODAY,
};

describe('the proof of the day by the bank’s API, beside rows that cannot be read,', () => {
  it('neither begins the ledger nor closes the gate while a row waits', async () => {
    const bank = aBank();
    bank.unreadable = [A_ROW];
    bank.offMinor = 100_000n;
    const accountKey = await anAccount(test.db);
    await closesGate(accountKey);
    for (const turn of [1, 2, 3]) await read(accountKey, bank, new Date(NOW.getTime() + turn));
    const [account] = await test.owner`
      select opening_minor from bank_accounts where key = ${accountKey}`;
    expect(account).toEqual({ opening_minor: null });
    expect(await isGateClosed(test.db, accountKey)).toBe(false);
    bank.unreadable = [];
    bank.lines = [aSighting(), aSighting({ amountMinor: 100_000n })];
    bank.offMinor = 0n;
    await read(accountKey, bank);
    await read(accountKey, bank);
    expect(await isGateClosed(test.db, accountKey)).toBe(false);
    const [begun] = await test.owner`
      select opening_minor::text as minor from bank_accounts where key = ${accountKey}`;
    expect(begun).toEqual({ minor: '100000' });
  });

  it('compares nothing while a pending row that cannot be read may be in the balance', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    await closesGate(accountKey);
    bank.hidesPending = true;
    bank.offMinor = 5_000n;
    for (const turn of [1, 2, 3]) await read(accountKey, bank, new Date(NOW.getTime() + turn));
    expect(await looksOf(accountKey)).toEqual([]);
    expect(await isGateClosed(test.db, accountKey)).toBe(false);
  });
});

describe('the proof of the day by the bank’s API', () => {
  it('begins the ledger with the first balance, and then proves each day once', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    const [opening] = await test.owner`
      select opening_minor::text as minor, opening_on::text as day from bank_accounts where key = ${accountKey}`;
    expect(opening).toEqual({ minor: '100000', day: '2026-11-13' });
    bank.lines = [aSighting(), aSighting({ amountMinor: 700n, direction: 'debit' })];
    for (const turn of [1, 2, 3]) await read(accountKey, bank, new Date(NOW.getTime() + turn));
    expect(await looksOf(accountKey)).toEqual([`${TODAY} api 0`]);
    await read(accountKey, bank, new Date('2026-11-21T10:00:00Z'));
    expect(await looksOf(accountKey)).toEqual([`${TODAY} api 0`, '2026-11-21 api 0']);
  });

  it('closes the gate, where the account asks for it, after the same difference in two reads in a row', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    await closesGate(accountKey);
    bank.offMinor = -300n;
    await read(accountKey, bank);
    expect(await isGateClosed(test.db, accountKey)).toBe(false);
    await read(accountKey, bank);
    expect(await isGateClosed(test.db, accountKey)).toBe(true);
    const [gate] = await test.owner`select cause, reason from gates where scope = ${accountKey}`;
    expect(gate).toEqual({
      cause: 'balance_differs',
      reason: `The ledger differs from the bank's balance of ${TODAY}.`,
    });
    await read(accountKey, bank);
    expect(await looksOf(accountKey)).toEqual([`${TODAY} api 300`, `${TODAY} api 300`]);
  });

  it('leaves the gate open where the account asks only for a warning', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    bank.offMinor = 5n;
    for (const turn of [1, 2]) await read(accountKey, bank, new Date(NOW.getTime() + turn));
    expect(await looksOf(accountKey)).toHaveLength(2);
    expect(await isGateClosed(test.db, accountKey)).toBe(false);
  });

  it('ignores a difference that disappears or changes at the next read', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    await closesGate(accountKey);
    for (const off of [300n, 400n, 0n, 300n, 0n]) {
      bank.offMinor = off;
      await read(accountKey, bank);
    }
    expect(await looksOf(accountKey)).toEqual(
      [-300, -400, 0, -300, 0].map((off) => `${TODAY} api ${off}`),
    );
    expect(await isGateClosed(test.db, accountKey)).toBe(false);
  });

  it('compares nothing while lines are booked between the lines and the balance', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    bank.afterLines = () => {
      bank.lines = [...bank.lines, aSighting({ amountMinor: 900n })];
    };
    for (const turn of [1, 2, 3]) await read(accountKey, bank, new Date(NOW.getTime() + turn));
    expect(await looksOf(accountKey)).toEqual([]);
    bank.afterLines = () => undefined;
    await read(accountKey, bank);
    expect(await looksOf(accountKey)).toEqual([`${TODAY} api 0`]);
  });

  it('compares nothing while a line waits to be booked', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    bank.lines = [aSighting(), aSighting({ status: 'pending' })];
    bank.offMinor = 5_000n;
    await read(accountKey, bank);
    expect(await looksOf(accountKey)).toEqual([]);
  });

  it('detects a line that came by webhook and that the bank does not have', async () => {
    const bank = aBank();
    const accountKey = await aBegunAccount(bank);
    await notify(test.db, accountKey, aSighting({ bankId: 'GHOST', amountMinor: 1_234n }));
    for (const turn of [1, 2]) await read(accountKey, bank, new Date(NOW.getTime() + turn));
    expect(await looksOf(accountKey)).toEqual([`${TODAY} api 1234`, `${TODAY} api 1234`]);
  });

  it('compares an end-of-day balance with the lines up to that day, and ignores older ones', async () => {
    const yesterday = addDays(TODAY, -1);
    const bank = aBank({ lines: [aSighting({ bookingDate: yesterday }), aSighting()] });
    const accountKey = await aBegunAccount(bank);
    bank.balance = () => Promise.resolve({ minor: 105_000n, day: yesterday });
    await read(accountKey, bank);
    expect(await looksOf(accountKey)).toEqual([`${yesterday} api 0`]);
    bank.balance = () => Promise.resolve({ minor: 1n, day: addDays(TODAY, -30) });
    await read(accountKey, bank);
    expect(await looksOf(accountKey)).toHaveLength(1);
  });

  it('reads the lines even when the balance fails, and asks no second time', async () => {
    const bank = aBank();
    const accountKey = await anAccount(test.db);
    bank.balance = () => Promise.reject(new CodedError('bank.unauthorized', 'No such scope.'));
    expect(await read(accountKey, bank)).toMatchObject({ linesNew: 1, caughtUp: true });
    expect(bank.asked).toBe(1);
  });

  it('requests no balance while the account is behind', async () => {
    const bank = aBank({ lines: [] });
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set last_complete_day = '2026-06-01' where key = ${accountKey}`;
    expect(await read(accountKey, bank)).toMatchObject({ caughtUp: false });
    expect(bank.asked).toBe(0);
  });

  it('uses the opening balance of a statement, and leaves the proof by statement due', async () => {
    const bank = aBank({ lines: [] });
    const accountKey = await aBegunAccount(bank);
    // It opens at R100.00 and closes at R150.00.
    const body = mt940([{ minor: 5_000, text: 'NO CODE' }], { day: '2026-11-18' });
    await importStatement(createTestDependencies(test.db), {
      accountKey,
      body,
      runId: newId('run'),
    });
    bank.lines = [
      aSighting({ bookingDate: parseLocalDate('2026-11-18'), references: ['NO CODE'], text: '' }),
    ];
    bank.balance = () => Promise.resolve({ minor: 15_000n, day: null });
    await read(accountKey, bank);
    expect(await looksOf(accountKey)).toEqual([`${TODAY} api 0`]);
    expect(await listUnprovedAccounts(test.db)).toContain(accountKey);
    const proof = () => proveDay(createTestDependencies(test.db), { accountKey });
    expect(await activityContext().run(proof)).toEqual({ outcome: 'ok', gateClosed: false });
    expect(await looksOf(accountKey)).toContain('2026-11-18 statement 0');
  });
});
