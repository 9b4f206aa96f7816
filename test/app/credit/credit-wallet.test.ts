import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { creditBacklog } from '../../../app/credit/credit-waiting.ts';
import { validateCode } from '../../../activities/validate-code.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import {
  anAccount,
  aWallet,
  closeWallet,
  countMoves,
  createTestDependencies,
  deposits,
  findBlockedSession,
  stateOf,
  walletBalance,
  whileLocked,
  type TestDependencies,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { settleInChild } from '../../support/settle-in-child.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

const backlog = (accountKey: string) =>
  creditBacklog(dependencies.database, accountKey, () => undefined);

async function aMatchedDeposit(amountMinor = 7_500n) {
  const accountKey = await anAccount(test.db);
  const wallet = await aWallet(test.db);
  const [depositId = ''] = await deposits(test.db, accountKey, [
    { reference: wallet.code, amountMinor },
  ]);
  return { accountKey, depositId, ...wallet };
}

describe('validateCode', () => {
  it('finds the wallet of an exact code, and says why a person must decide anything else', async () => {
    const { depositId, walletId } = await aMatchedDeposit();
    expect(await validateCode(dependencies, { depositId })).toEqual({
      outcome: 'matched',
      walletId,
    });
    const [nobody = ''] = await deposits(test.db, await anAccount(test.db), [
      { reference: 'no code here' },
    ]);
    expect(await validateCode(dependencies, { depositId: nobody })).toEqual({
      outcome: 'review',
      reason: 'no_reference',
    });
  });

  it('moves nothing, reports a settled deposit and rejects an unknown one', async () => {
    const { depositId } = await aMatchedDeposit();
    const before = await countMoves(test.db);
    await validateCode(dependencies, { depositId });
    expect(await countMoves(test.db)).toEqual(before);
    await creditWallet(dependencies, { depositId });
    expect(await validateCode(dependencies, { depositId })).toEqual({ outcome: 'settled' });
    await expect(validateCode(dependencies, { depositId: 'dep_none' })).rejects.toMatchObject({
      code: 'deposit.not_found',
    });
  });
});

describe('creditWallet', () => {
  it('credits a deposit once, however often it runs', async () => {
    const { depositId, walletId } = await aMatchedDeposit();
    for (let time = 0; time < 3; time += 1) {
      expect(await creditWallet(dependencies, { depositId })).toEqual({ outcome: 'credited' });
    }
    expect(await walletBalance(test.db, walletId)).toEqual({
      credits: '1',
      remainder: '2500',
      seq: '1',
    });
    await verifyClean(test.db);
  });

  it('credits a deposit once when it races itself and the backlog lane', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { accountKey, depositId, walletId } = await aMatchedDeposit();
      const [first, second] = await Promise.all([
        creditWallet(dependencies, { depositId }),
        creditWallet(dependencies, { depositId }),
        backlog(accountKey),
        creditWallet(dependencies, { depositId }),
        backlog(accountKey),
      ]);
      expect([first, second]).toEqual([{ outcome: 'credited' }, { outcome: 'credited' }]);
      expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '1', seq: '1' });
    }
    await verifyClean(test.db);
  });

  it('credits 40 deposits of one wallet concurrently, each of them once', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const ids = await deposits(
      test.db,
      accountKey,
      Array.from({ length: 40 }, () => ({ reference: code, amountMinor: 4_999n })),
    );
    await Promise.all(ids.map((depositId) => creditWallet(dependencies, { depositId })));
    expect(await walletBalance(test.db, walletId)).toEqual({
      credits: '39',
      remainder: '4960',
      seq: '40',
    });
    await verifyClean(test.db);
  });

  it('leaves a deposit to a person when its wallet closes between match and lock', async () => {
    for (const lane of ['workflow', 'backlog'] as const) {
      const { accountKey, depositId, walletId } = await aMatchedDeposit();
      const before = await countMoves(test.db);
      const outcome = await whileLocked(
        test.owner,
        (session) => session`update wallets set status = 'closed' where id = ${walletId}`,
        async (release) => {
          const settling =
            lane === 'workflow' ? creditWallet(dependencies, { depositId }) : backlog(accountKey);
          await findBlockedSession(test.owner);
          await release();
          return settling;
        },
      );
      expect(outcome).toEqual(
        lane === 'workflow'
          ? { outcome: 'review', reason: 'wallet_closed' }
          : { credited: 0, left: 1 },
      );
      expect(await countMoves(test.db)).toEqual(before);
      expect(await stateOf(test.db, depositId)).toBe('captured');
    }
    await verifyClean(test.db);
  });

  it.each([
    ['one deposit waits for its wallet', 'workflow', 'wallets'],
    ['the backlog lane writes its journals', 'backlog', 'notifications'],
  ] as const)(
    'credits a deposit once after the connection was cut while %s',
    async (_, lane, table) => {
      const { accountKey, depositId, walletId } = await aMatchedDeposit();
      await whileLocked(
        test.owner,
        (session) => session`lock table ${session(table)} in exclusive mode`,
        async () => {
          const attempt = settleInChild(
            test.url,
            lane,
            lane === 'workflow' ? depositId : accountKey,
          );
          await test.owner`select pg_terminate_backend(${await findBlockedSession(test.owner)})`;
          expect(await attempt).toBe('failed');
        },
      );
      expect(await stateOf(test.db, depositId)).toBe('captured');
      expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '0', seq: '0' });
      if (lane === 'backlog') await backlog(accountKey);
      expect(await creditWallet(dependencies, { depositId })).toEqual({ outcome: 'credited' });
      expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '1', seq: '1' });
      await verifyClean(test.db);
    },
  );

  it('answers `settled` for an unknown deposit and moves nothing', async () => {
    const before = await countMoves(test.db);
    expect(await creditWallet(dependencies, { depositId: 'dep_none' })).toEqual({
      outcome: 'settled',
    });
    expect(await countMoves(test.db)).toEqual(before);
  });

  it('never credits a held deposit, and says why', async () => {
    const accountKey = await anAccount(test.db);
    const { code, walletId } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }], {
      holds: ['id_reused'],
    });
    expect(await creditWallet(dependencies, { depositId })).toEqual({
      outcome: 'review',
      reason: 'id_reused',
    });
    expect(await backlog(accountKey)).toEqual({ credited: 0, left: 1 });
    expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '0', seq: '0' });
    await verifyClean(test.db);
  });

  it('leaves a deposit to a person that was booked before the first rate', async () => {
    const accountKey = await anAccount(test.db);
    const wallet = await aWallet(test.db);
    const [old = '', fresh = ''] = await deposits(test.db, accountKey, [
      { reference: wallet.code, bookingDate: parseLocalDate('1969-12-31') },
      { reference: wallet.code },
    ]);
    expect(await creditWallet(dependencies, { depositId: old })).toEqual({
      outcome: 'review',
      reason: 'poison',
    });
    expect(await backlog(accountKey)).toEqual({ credited: 1, left: 1 });
    expect(await stateOf(test.db, fresh)).toBe('credited');
    await verifyClean(test.db);
  });

  it('does not credit a closed wallet', async () => {
    const { accountKey, depositId, walletId } = await aMatchedDeposit();
    await closeWallet(test.db, walletId);
    expect(await creditWallet(dependencies, { depositId })).toEqual({
      outcome: 'review',
      reason: 'wallet_closed',
    });
    expect(await backlog(accountKey)).toEqual({ credited: 0, left: 1 });
    await verifyClean(test.db);
  });

  it('leaves to a person what a frozen wallet or the limit of a bank account forbids', async () => {
    const { accountKey, depositId, walletId } = await aMatchedDeposit(500_001n);
    const reason = async () => {
      const outcome = await creditWallet(dependencies, { depositId });
      return outcome.outcome === 'review' ? outcome.reason : outcome.outcome;
    };
    await test.owner`update bank_accounts set amount_limit_minor = 500000 where key = ${accountKey}`;
    expect(await reason()).toBe('amount_over_limit');
    await test.owner`update wallets set status = 'frozen' where id = ${walletId}`;
    expect(await reason()).toBe('wallet_frozen');
    expect(await backlog(accountKey)).toEqual({ credited: 0, left: 1 });
    await test.owner`update wallets set status = 'open' where id = ${walletId}`;
    await test.owner`update bank_accounts set amount_limit_minor = 500001 where key = ${accountKey}`;
    expect(await reason()).toBe('credited');
    await verifyClean(test.db);
  });
});

describe('creditBacklog', () => {
  it('credits 600 deposits in three batches, notifies every customer, and leaves unclear ones', async () => {
    const accountKey = await anAccount(test.db);
    const wallets = await Promise.all(Array.from({ length: 7 }, () => aWallet(test.db)));
    const rows = Array.from({ length: 600 }, (_, index) => ({
      reference: index % 10 === 9 ? `no code ${index}` : (wallets[index % 7]?.code ?? ''),
      amountMinor: 5_000n + BigInt(index),
    }));
    await deposits(test.db, accountKey, rows);
    const batches: number[] = [];
    const outcome = await creditBacklog(dependencies.database, accountKey, (credited) =>
      batches.push(credited),
    );
    expect(outcome).toEqual({ credited: 540, left: 60 });
    expect(batches.length).toBeGreaterThanOrEqual(3);
    const states = await test.owner`
      select state, lane, count(*)::int from deposits where bank_account_key = ${accountKey} group by 1, 2 order by 1`;
    expect([...states]).toEqual([
      { state: 'captured', lane: null, count: 60 },
      { state: 'credited', lane: 'backlog', count: 540 },
    ]);
    const [told] = await test.owner`
      select count(*)::int, count(published_at)::int as published from notifications n
        join deposits d on d.id = n.deposit_id where d.bank_account_key = ${accountKey}`;
    expect(told).toEqual({ count: 540, published: 540 });
    expect(await backlog(accountKey)).toEqual({ credited: 0, left: 60 });
    await verifyClean(test.db);
  });

  it('shares the work between two callers, and credits no deposit twice', async () => {
    const accountKey = await anAccount(test.db);
    const wallets = await Promise.all(Array.from({ length: 3 }, () => aWallet(test.db)));
    const rows = Array.from({ length: 300 }, (_, index) => ({
      reference: wallets[index % 3]?.code ?? '',
    }));
    await deposits(test.db, accountKey, rows);
    await Promise.all([backlog(accountKey), backlog(accountKey), backlog(accountKey)]);
    await backlog(accountKey);
    const balances = await Promise.all(
      wallets.map(({ walletId }) => walletBalance(test.db, walletId)),
    );
    expect(balances).toEqual(wallets.map(() => ({ credits: '100', remainder: '0', seq: '100' })));
    await verifyClean(test.db);
  });
});
