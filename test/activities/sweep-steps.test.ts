import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverDecisions, restartLost } from '../../activities/sweep-deposits.ts';
import { wakeWaiting } from '../../activities/wake-waiting.ts';
import {
  activityContext,
  anAccount,
  aWallet,
  closeWallet,
  createTestDependencies,
  deposits,
} from '../support/activities.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openReview } from '../../activities/open-review.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

/** Reviews whose wallet was closed when they came, and is open now. */
async function lateOwned(count: number): Promise<readonly string[]> {
  const dependencies = createTestDependencies(test.db);
  const accountKey = await anAccount(test.db);
  const { code, walletId } = await aWallet(test.db);
  await closeWallet(test.db, walletId);
  const rows = Array.from({ length: count }, () => ({ reference: code, amountMinor: 5_000n }));
  const ids = await deposits(test.db, accountKey, rows);
  for (const depositId of ids)
    await activityContext().run(() =>
      openReview(dependencies, { depositId, reason: 'wallet_closed' }),
    );
  await test.owner`update wallets set status = 'open' where id = ${walletId}`;
  return [...ids].sort();
}

/** Notes what is woken, and how many calls are open at once. */
function watching() {
  const woken: string[] = [];
  let [open, openMost] = [0, 0];
  const dependencies = createTestDependencies(test.db, {
    wakeDeposit: async ({ depositId }) => {
      open += 1;
      openMost = Math.max(openMost, open);
      await new Promise(setImmediate);
      open -= 1;
      woken.push(depositId);
    },
  });
  return { dependencies, woken, openMost: () => openMost };
}

describe('the step that wakes deposits', () => {
  it('wakes each once, a few at a time, and heartbeats as it goes', async () => {
    const ids = await lateOwned(120);
    const { dependencies, woken, openMost } = watching();
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const beats: unknown[] = [];
    environment.on('heartbeat', (details) => beats.push(details));
    await environment.run(() => wakeWaiting(dependencies, { followed: [] }));
    expect([...woken].sort()).toEqual(ids);
    expect(openMost()).toBe(50);
    expect(beats).toEqual([ids[49], ids[99], ids[119]]);

    const again = watching();
    const second = new MockActivityEnvironment(
      { attempt: 2, heartbeatDetails: ids[99] },
      { logger: new DefaultLogger('ERROR') },
    );
    await second.run(() => wakeWaiting(again.dependencies, { followed: [] }));
    expect(again.woken).toEqual(ids.slice(100));
  });
});

describe('the step that starts lost workflows', () => {
  it('does not start again what an earlier attempt started', async () => {
    const accountKey = await anAccount(test.db);
    const rows = Array.from({ length: 3 }, () => ({ reference: 'none', amountMinor: 100n }));
    const ids = await deposits(test.db, accountKey, rows);
    await test.owner`update deposits set captured_at = now() - interval '1 hour' where bank_account_key = ${accountKey}`;
    const dependencies = createTestDependencies(test.db);
    const startedOurs = () =>
      dependencies.started.filter((ref) => ref.accountKey === accountKey).length;
    for (let attempt = 1; attempt <= 2; attempt += 1)
      await activityContext().run(() => restartLost(dependencies, { olderThanMs: 60_000 }));
    expect(startedOurs()).toBe(ids.length);
  });
});

describe('the step that delivers decisions', () => {
  it('finds nothing to deliver where nobody decided', async () => {
    const dependencies = createTestDependencies(test.db);
    expect(
      await activityContext().run(() => deliverDecisions(dependencies, { olderThanMs: 0 })),
    ).toEqual({ delivered: 0 });
  });
});
