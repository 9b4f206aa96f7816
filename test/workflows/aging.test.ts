import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import {
  depositWorkflowId,
  TASK_QUEUE,
  WAKE_SIGNAL,
  WORKFLOW,
  type DepositStateOutput,
} from '../../workflows/contract.ts';
import {
  anAccount,
  aWallet,
  createTestDependencies,
  deposits,
  stateOf,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { waitFor } from '../support/wait-for.ts';

let test: TestDatabase;
let temporal: TestWorkflowEnvironment;
let stopWorker: () => Promise<void> = () => Promise.resolve();
beforeAll(async () => {
  test = await createTestDatabase();
});
// A clock that was skipped never goes back, so each test has a server of its own. The first one may be fetched.
beforeEach(async () => {
  temporal = await startTimeSkipping();
});
afterEach(async () => {
  await stopWorker();
  await temporal.teardown();
});
afterAll(() => test.close());

/** Runs a worker that keeps no workflow in memory: each of its tasks begins as after a deploy, from the history. */
async function restartWorker(): Promise<void> {
  await stopWorker();
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: inject('workflowBundlePath') },
    activities: createActivities(createTestDependencies(test.db, { clock: () => new Date() })),
    maxCachedWorkflows: 0,
  });
  const running = worker.run();
  stopWorker = async () => {
    stopWorker = () => Promise.resolve();
    worker.shutdown();
    await running;
  };
}

async function aDeposit(reference: string): Promise<{ id: string; accountKey: string }> {
  const accountKey = await anAccount(test.db);
  const [id = ''] = await deposits(test.db, accountKey, [{ reference, amountMinor: 7_500n }]);
  return { id, accountKey };
}

function startDeposit(deposit: { id: string; accountKey: string }) {
  return temporal.client.workflow.start(WORKFLOW.deposit, {
    workflowId: depositWorkflowId(deposit.accountKey, deposit.id, 1),
    taskQueue: TASK_QUEUE,
    args: [{ depositId: deposit.id, accountKey: deposit.accountKey }],
  });
}

async function reviewOf(depositId: string) {
  const [row] = await test.owner<
    {
      round: number;
      remindersSent: number;
      remindAt: string[];
      escalateAt: string;
      escalatedAt: string | null;
      dueAt: string;
    }[]
  >`
    select round, reminders_sent as "remindersSent", remind_at::text[] as "remindAt", escalate_at::text as "escalateAt",
           escalated_at::text as "escalatedAt", due_at::text as "dueAt" from reviews where deposit_id = ${depositId}`;
  if (row === undefined) return null;
  return {
    ...row,
    remindAt: row.remindAt.map((at) => new Date(at)),
    escalateAt: new Date(row.escalateAt),
    dueAt: new Date(row.dueAt),
  };
}

async function skipTo(at: Date): Promise<void> {
  await temporal.sleep(Math.max(at.getTime() - (await temporal.currentTimeMs()), 0) + 1_000);
}

describe('a review on a clock that skips', () => {
  it('reminds, escalates and opens again on stored business days, through restarts, until a person decides', async () => {
    const deposit = await aDeposit('no code');
    await restartWorker();
    const handle = await startDeposit(deposit);
    const opened = await waitFor('the review is open', () => reviewOf(deposit.id));
    const [first, second, third] = opened.remindAt;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('The review has no reminders.');

    await skipTo(first);
    await waitFor(
      'the first reminder',
      async () => (await reviewOf(deposit.id))?.remindersSent === 1,
    );
    await restartWorker();
    await skipTo(opened.escalateAt);
    await waitFor('the escalation', async () => (await reviewOf(deposit.id))?.escalatedAt !== null);
    expect(await reviewOf(deposit.id)).toMatchObject({ round: 1, remindersSent: 2 });
    await restartWorker();
    await skipTo(opened.dueAt);
    const again = await waitFor('the next round', async () => {
      const review = await reviewOf(deposit.id);
      return review?.round === 2 ? review : null;
    });
    expect(again.dueAt.getTime()).toBeGreaterThan(opened.dueAt.getTime());
    const state = await handle.query<DepositStateOutput>('getState');
    expect([state.state, state.reviewDueAt]).toEqual(['in_review', again.dueAt.toISOString()]);
    expect(await stateOf(test.db, deposit.id)).toBe('in_review');

    const { walletId } = await aWallet(test.db);
    const decisionId = await aDecision(test.owner, {
      depositId: deposit.id,
      kind: 'credit',
      walletId,
    });
    await handle.signal('resolve', { decisionId });
    expect(await handle.result()).toEqual({ outcome: 'credited' });
    await verifyClean(test.db);
  });

  it('keeps its schedule when the Temporal database is lost', async () => {
    const deposit = await aDeposit('no code');
    await restartWorker();
    await startDeposit(deposit);
    const opened = await waitFor('the review is open', () => reviewOf(deposit.id));
    await stopWorker();
    await temporal.teardown();

    temporal = await startTimeSkipping();
    await restartWorker();
    const handle = await startDeposit(deposit);
    await skipTo(opened.escalateAt);
    await waitFor('the escalation', async () => (await reviewOf(deposit.id))?.escalatedAt !== null);
    expect(await reviewOf(deposit.id)).toMatchObject({ dueAt: opened.dueAt });
    await handle.terminate();
  });

  it('ends in a credit when it wakes and its code names one open wallet', async () => {
    const { walletId, code } = await aWallet(test.db);
    await test.owner`update wallets set status = 'closed' where id = ${walletId}`;
    const deposit = await aDeposit(code);
    await restartWorker();
    const handle = await startDeposit(deposit);
    await waitFor('the review is open', () => reviewOf(deposit.id));
    await handle.signal(WAKE_SIGNAL, { reason: 'late_owner' });
    await test.owner`update wallets set status = 'open' where id = ${walletId}`;
    await handle.signal(WAKE_SIGNAL, { reason: 'late_owner' });
    expect(await handle.result()).toEqual({ outcome: 'credited' });
    await verifyClean(test.db);
  });
});
