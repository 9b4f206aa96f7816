import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { drainGate } from '../../../activities/drain-gate.ts';
import { openReview } from '../../../activities/open-review.ts';
import { creditBacklog } from '../../../app/credit/credit-waiting.ts';
import { findDepositStory } from '../../../db/queries/deposit-story.ts';
import { markDispatched } from '../../../db/queries/deposit-workflows.ts';
import { isGateClosed } from '../../../db/queries/gates.ts';
import {
  activityContext,
  anAccount,
  aWallet,
  createTestDependencies,
  deposits,
  stateOf,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { moveGate } from '../../support/gates.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const change = (scope: string, state: 'open' | 'closed') => moveGate(test, scope, state);

describe('a closed gate', () => {
  it('stops every credit, in every lane, and says so', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    await change(accountKey, 'closed');
    const deps = createTestDependencies(test.db);

    expect(await creditWallet(deps, { depositId })).toEqual({ outcome: 'gated' });
    expect(await creditBacklog(deps.database, accountKey, () => undefined)).toEqual({
      credited: 0,
      left: 0,
    });
    expect(await stateOf(test.db, depositId)).toBe('captured');
  });

  it('appears in the story of each deposit that waited behind it, and of no other', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const deps = createTestDependencies(test.db);
    let amountMinor = 5_000n;
    // Each comes alone: a whole day without the earlier ones would say that the bank changed them.
    const alone = { scope: { kind: 'partial' } } as const;
    const row = (reference: string) => [{ reference, amountMinor: (amountMinor += 100n) }];
    const [before = ''] = await deposits(test.db, accountKey, row(code), alone);
    await creditWallet(deps, { depositId: before });
    await change(accountKey, 'closed');
    const [waits = ''] = await deposits(test.db, accountKey, row(`${code} waits`), alone);
    const [reviewed = ''] = await deposits(test.db, accountKey, row('rent'), alone);
    await openReview(deps, { depositId: reviewed, reason: 'no_reference' });
    const waitsOf = async (depositId: string) =>
      (await findDepositStory(test.db, depositId))?.gateWaits.map((wait) => [
        wait.accountKey,
        wait.closedBy.kind,
        wait.opening !== null,
      ]);
    expect(await waitsOf(waits)).toEqual([[accountKey, 'person', false]]);
    await change(accountKey, 'open');
    await creditWallet(deps, { depositId: waits });
    const [after = ''] = await deposits(test.db, accountKey, row(`${code} after`), alone);
    await creditWallet(deps, { depositId: after });
    await change(accountKey, 'closed');
    await change(accountKey, 'open');
    expect(await waitsOf(waits)).toEqual([[accountKey, 'person', true]]);
    for (const other of [before, reviewed, after]) expect(await waitsOf(other)).toEqual([]);
  });

  it('keeps each account closed as the gate of all, even after one account opens its own', async () => {
    const accountKey = await anAccount(test.db);
    await change('*', 'closed');
    await change(accountKey, 'open');
    expect(await isGateClosed(test.db, accountKey)).toBe(true);
    await change('*', 'open');
    expect(await isGateClosed(test.db, accountKey)).toBe(false);
  });

  it('stays as it is when it is closed again', async () => {
    const accountKey = await anAccount(test.db);
    expect(await change(accountKey, 'closed')).toBe(true);
    expect(await change(accountKey, 'closed')).toBe(false);
    expect(await change(accountKey, 'open')).toBe(true);
    expect(await change(accountKey, 'open')).toBe(false);
  });

  it('credits nothing more once its closing is committed, however many credits race with it', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const ids = await deposits(
      test.db,
      accountKey,
      Array.from({ length: 60 }, () => ({ reference: code })),
    );
    const deps = createTestDependencies(test.db);
    const racing = Promise.all(ids.map((depositId) => creditWallet(deps, { depositId })));
    await change(accountKey, 'closed');
    const count = async () => {
      const [row] = await test.owner<{ credited: number }[]>`
        select count(*)::int as credited from deposits where bank_account_key = ${accountKey} and state = 'credited'`;
      return row?.credited ?? -1;
    };
    const atClosing = await count();
    const outcomes = await racing;
    expect(await count()).toBe(atClosing);
    expect(outcomes.filter(({ outcome }) => outcome === 'credited')).toHaveLength(atClosing);
  });
});

describe('opening a gate', () => {
  it('releases 500 waiting deposits in the order of their capture, wakes each, and loses none', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const ids = await deposits(
      test.db,
      accountKey,
      Array.from({ length: 500 }, () => ({ reference: code })),
    );
    await markDispatched(test.db, ids);
    await change(accountKey, 'closed');
    await change(accountKey, 'open');
    const woken: string[] = [];
    const deps = createTestDependencies(test.db, {
      wakeDeposit: ({ depositId }) => {
        woken.push(depositId);
        return Promise.resolve();
      },
    });

    const drained = await activityContext().run(() => drainGate(deps, { scope: accountKey }));
    expect(drained).toEqual({ credited: 500, woken: 500 });
    expect(woken).toEqual([...ids].sort());
    const order = await test.db.execute<{ id: string }>(sql`
      select deposit_id as id from journals where wallet_id = ${walletId} order by wallet_seq`);
    expect(order.map(({ id }) => id)).toEqual([...ids].sort());
    expect(await activityContext().run(() => drainGate(deps, { scope: accountKey }))).toEqual({
      credited: 0,
      woken: 0,
    });
  });

  it('stops when the gate is closed again in between', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    await change(accountKey, 'closed');
    const deps = createTestDependencies(test.db);
    expect(await activityContext().run(() => drainGate(deps, { scope: accountKey }))).toEqual({
      credited: 0,
      woken: 0,
    });
    expect(await stateOf(test.db, depositId)).toBe('captured');
  });
});
