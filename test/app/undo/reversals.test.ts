import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pairReversals, type PairReversalsOutput } from '../../../activities/pair-reversals.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import type { Sighting } from '../../../domain/line/sighting.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  deposits,
  notify,
  poll,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

/** A debit by which the bank takes R50.00 of this customer back. */
function takenBack(reference: string, given: Partial<Sighting> = {}): Sighting {
  return aSighting({
    direction: 'debit',
    reversal: true,
    references: [reference],
    text: 'REVERSAL',
    ...given,
  });
}

async function settle(accountKey: string): Promise<PairReversalsOutput> {
  return activityContext().run(() =>
    pairReversals(createTestDependencies(test.db), { accountKey }),
  );
}

async function creditOne(accountKey: string, code: string, amountMinor = 5_000n) {
  const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code, amountMinor }]);
  await creditWallet(createTestDependencies(test.db), { depositId });
  return depositId;
}

async function look(depositId: string, walletId: string) {
  const [row] = await test.db.execute<{
    state: string;
    credits: string;
    receivable: string;
    told: string[];
  }>(sql`
    select d.state, w.credits::text, w.receivable_minor::text as receivable,
           (select array_agg(n.kind order by n.id) from notifications n where n.deposit_id = d.id) as told
      from deposits d, wallets w where d.id = ${depositId} and w.id = ${walletId}`);
  return row;
}

describe('a reversal that only a webhook shows', () => {
  it('takes nothing back until a read shows it too', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const depositId = await creditOne(accountKey, code);
    const debit = takenBack(code, { bankId: 'FD1' });
    await notify(test.db, accountKey, debit);
    expect(await settle(accountKey)).toMatchObject({ paired: 0 });
    expect(await look(depositId, walletId)).toMatchObject({ state: 'credited', credits: '1' });

    await poll(test.db, accountKey, [aSighting({ references: [code] }), debit]);
    expect(await settle(accountKey)).toMatchObject({ paired: 1 });
    expect(await look(depositId, walletId)).toMatchObject({ state: 'reversed', credits: '0' });
  });
});

describe('a reversal on the statement', () => {
  it('reverses a credit once, notifies the customer, and changes nothing when it is read again', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const depositId = await creditOne(accountKey, code);
    await poll(test.db, accountKey, [aSighting({ references: [code] }), takenBack(code)]);

    expect(await settle(accountKey)).toMatchObject({ paired: 1, waiting: 0 });
    expect(await settle(accountKey)).toMatchObject({ paired: 0, waiting: 0 });

    expect(await look(depositId, walletId)).toEqual({
      state: 'reversed',
      credits: '0',
      receivable: '0',
      told: ['deposit_credited', 'deposit_reversed'],
    });
  });

  it('reverses an uncredited deposit and wakes its review', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    const woken: string[] = [];
    const deps = {
      ...createTestDependencies(test.db),
      wakeDeposit: (ref: { readonly depositId: string }) => {
        woken.push(ref.depositId);
        return Promise.resolve();
      },
    };
    await poll(test.db, accountKey, [aSighting({ references: [code] }), takenBack(code)]);

    expect(await activityContext().run(() => pairReversals(deps, { accountKey }))).toMatchObject({
      paired: 1,
    });

    expect(await look(depositId, walletId)).toMatchObject({
      state: 'reversed',
      credits: '0',
      told: null,
    });
    expect(woken).toEqual([depositId]);
    expect(await creditWallet(deps, { depositId })).toEqual({ outcome: 'settled' });
  });

  it('waits for an original that comes after it', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    await poll(test.db, accountKey, [takenBack(code)]);
    expect(await settle(accountKey)).toMatchObject({ paired: 0, waiting: 1 });

    await poll(test.db, accountKey, [takenBack(code), aSighting({ references: [code] })]);
    expect(await settle(accountKey)).toMatchObject({ paired: 1, waiting: 0 });

    const [row] = await test.db.execute<{ state: string; credits: string }>(sql`
      select d.state, w.credits::text from deposits d, wallets w where d.bank_account_key = ${accountKey} and w.id = ${walletId}`);
    expect(row).toEqual({ state: 'reversed', credits: '0' });
  });

  it('goes to a person when no original has come for days', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await poll(test.db, accountKey, [takenBack(code)]);
    await settle(accountKey);
    await test.owner`update reversals set found_at = now() - interval '11 days' where bank_account_key = ${accountKey}`;

    expect(await settle(accountKey)).toMatchObject({ unpaired: 1 });
    expect(await settle(accountKey)).toMatchObject({ unpaired: 0, waiting: 0 });
  });

  it('leaves other debits of the account alone', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const depositId = await creditOne(accountKey, code);
    const debits = [
      takenBack('MONTHLY FEE', { reversal: false, text: 'FEE' }),
      takenBack('RENT OF THE OFFICE', { reversal: false, text: 'PAYMENT' }),
    ];
    await poll(test.db, accountKey, [aSighting({ references: [code] }), ...debits]);

    expect(await settle(accountKey)).toMatchObject({ paired: 0, waiting: 0 });
    expect(await look(depositId, walletId)).toMatchObject({ state: 'credited', credits: '1' });
  });

  it.each([
    ['more than the deposit', 'UNPAID', 8_000n, 'waiting'],
    ['less than the deposit', 'UNPAID', 7_000n, 'waiting'],
    ['a prize of its amount', 'PRIZE WINNER', 7_500n, 'unpaired'],
    ['a refund of another amount', 'REFUND', 6_000n, 'unpaired'],
    ['a gift', 'GOODWILL', 35_000n, 'none'],
  ])('takes nothing from a customer for a debit of %s', async (_, words, amountMinor, expected) => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const depositId = await creditOne(accountKey, code, 7_500n);
    const debit = takenBack(`${words} ${code}`, { amountMinor, reversal: false, text: 'EFT OUT' });
    await poll(test.db, accountKey, [
      aSighting({ references: [code], amountMinor: 7_500n }),
      words === 'UNPAID' ? { ...debit, text: 'EFT' } : debit,
    ]);

    expect(await settle(accountKey)).toMatchObject({ paired: 0 });
    expect(await look(depositId, walletId)).toMatchObject({ state: 'credited', credits: '1' });
    const rows = await test.owner<{ state: string; candidates: string[] }[]>`
      select state, candidates from reversals where bank_account_key = ${accountKey}`;
    expect(rows.map(({ state }) => state)).toEqual(expected === 'none' ? [] : [expected]);
    if (expected === 'unpaired') expect(rows[0]?.candidates).toEqual([depositId]);
  });

  it('waits for its original beside a smaller deposit of the customer', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const smaller = await creditOne(accountKey, code, 6_000n);
    const rows = [
      aSighting({ references: [code], amountMinor: 6_000n }),
      takenBack(code, { amountMinor: 10_000n }),
    ];
    await poll(test.db, accountKey, rows);
    expect(await settle(accountKey)).toMatchObject({ paired: 0, waiting: 1 });
    await poll(test.db, accountKey, [
      ...rows,
      aSighting({ references: [code], amountMinor: 10_000n }),
    ]);
    expect(await settle(accountKey)).toMatchObject({ paired: 1, waiting: 0 });
    expect(await look(smaller, walletId)).toMatchObject({ state: 'credited', credits: '1' });
  });

  it('ignores words that the lines of the account share', async () => {
    const accountKey = await anAccount(test.db);
    const lines = ['ANNA', 'BERT', 'CARL', 'DORA', 'EMIL'].map((name) =>
      aSighting({ references: [`TOPUPS ONLINESHOP ${name}`], amountMinor: 4_000n }),
    );
    const unnamed = aSighting({ references: ['TOPUPS ONLINESHOP'] });
    await poll(test.db, accountKey, [...lines, unnamed, takenBack('TOPUPS ONLINESHOP')]);
    expect(await settle(accountKey)).toMatchObject({ paired: 0, waiting: 1 });
  });

  it('takes the deposit whose id the bank names', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const first = await creditOne(accountKey, code);
    const named = aSighting({ references: ['J SMITH'], bankId: 'FT2211009' });
    await poll(test.db, accountKey, [named, takenBack(`${code} FT2211009`)], {
      scope: { kind: 'partial' },
    });
    expect(await settle(accountKey)).toMatchObject({ paired: 1 });
    const [row] = await test.owner`
      select d.id <> ${first} as other from reversals r join deposits d on d.id = r.deposit_id
       where r.bank_account_key = ${accountKey}`;
    expect(row).toEqual({ other: true });
  });

  it('books one journal when several workers look at the same time', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const depositIds = await deposits(
      test.db,
      accountKey,
      ['2026-11-18', '2026-11-19', '2026-11-20'].map((day) => ({
        reference: code,
        bookingDate: parseLocalDate(day),
      })),
    );
    for (const depositId of depositIds)
      await creditWallet(createTestDependencies(test.db), { depositId });
    await poll(test.db, accountKey, [takenBack(code)], { scope: { kind: 'partial' } });

    const all = await Promise.all(Array.from({ length: 6 }, () => settle(accountKey)));

    expect(all.reduce((sum, each) => sum + each.paired, 0)).toBe(1);
    expect(await look(depositIds[2] ?? '', walletId)).toMatchObject({
      state: 'reversed',
      credits: '2',
    });
  });
});
