import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { followUp } from '../../activities/follow-up.ts';
import { insertRun } from '../../db/queries/runs.ts';
import type { Sighting } from '../../domain/sighting.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  poll,
  stateOf,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

/** One run of the poll over whole days, and what follows it. */
async function read(accountKey: string, ...sightings: readonly Sighting[]) {
  const runId = `run_${randomUUID().replaceAll('-', '')}`;
  await insertRun(test.db, { runId, accountKey, kind: 'poll' });
  await test.owner`
    update runs set window_from = '2026-11-18', window_to = '2026-11-22', outcome = 'completed', finished_at = now()
     where id = ${runId}`;
  const captured = await poll(test.db, accountKey, sightings, {
    runId,
    idStable: true,
    startedAt: new Date(Date.now() + 1_000),
  });
  const followed = await activityContext().run(() =>
    followUp(createTestDependencies(test.db), { accountKey }),
  );
  return { captured, followed };
}

async function cases(accountKey: string) {
  return [
    ...(await test.owner<{ kind: string; outcome: string | null }[]>`
      select c.kind, c.outcome from line_cases c join lines l on l.id = c.line_id
       where l.bank_account_key = ${accountKey} order by c.id`),
  ];
}

describe('a line that the bank takes off its books', () => {
  it('opens one case after two complete reads without it, and moves no money', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const line = aSighting({ references: [code], bankId: 'T1' });
    const { captured } = await read(accountKey, line);
    const [placement] = captured.placements;
    const depositId = placement?.kind === 'new' ? (placement.depositId ?? '') : '';
    await creditWallet(createTestDependencies(test.db), { depositId });

    await read(accountKey);
    expect(await cases(accountKey)).toEqual([]);
    await read(accountKey);
    expect(await cases(accountKey)).toEqual([{ kind: 'line_vanished', outcome: null }]);
    await read(accountKey);
    expect(await cases(accountKey)).toHaveLength(1);
    expect(await stateOf(test.db, depositId)).toBe('credited');
  });

  it('is one credit when it was taken off by mistake and comes back, and the case closes by itself', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const line = aSighting({ references: [code], bankId: 'T2' });
    const { captured } = await read(accountKey, line);
    const [placement] = captured.placements;
    const depositId = placement?.kind === 'new' ? (placement.depositId ?? '') : '';
    await creditWallet(createTestDependencies(test.db), { depositId });
    await read(accountKey);
    await read(accountKey);

    const back = await read(accountKey, line);

    expect(back.captured.linesNew).toBe(0);
    expect(await cases(accountKey)).toEqual([{ kind: 'line_vanished', outcome: 'restored' }]);
    const [wallet] = await test.owner`select credits::int from wallets where id = ${walletId}`;
    expect(wallet).toEqual({ credits: 1 });
  });

  it('opens a case, and holds the new line, where an id comes back with another amount', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await read(accountKey, aSighting({ references: [code], bankId: 'T3' }));
    const { captured } = await read(
      accountKey,
      aSighting({ references: [code], bankId: 'T3', amountMinor: 500_000n }),
    );
    expect(captured.held).toBe(1);
    expect(await cases(accountKey)).toEqual([{ kind: 'amount_changed', outcome: null }]);
  });
});
