import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  depositWorkflowId,
  SWEEP_SCHEDULE_ID,
  TASK_QUEUE,
  WORKFLOW,
  type SweepOutput,
} from '../../workflows/contract.ts';
import { tellDeposit } from '../../api/outputs/narrative.ts';
import { findDepositStory } from '../../db/queries/deposit-story.ts';
import { listDeposits } from '../../db/queries/deposits-read.ts';
import { captureLines } from '../../app/capture/capture-lines.ts';
import { localDateIn } from '../../domain/local-date.ts';
import { ZAR } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { verifyClean } from '../support/database.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

async function sweep(): Promise<SweepOutput> {
  return (await service.temporal.client.workflow.execute(WORKFLOW.sweep, {
    workflowId: `${SWEEP_SCHEDULE_ID}-by-hand-${Date.now()}`,
    taskQueue: TASK_QUEUE,
    args: [{ olderThanMs: 0 }],
  })) as SweepOutput;
}

/** Each deposit that left `captured` tells its end, although no history of it is left. */
async function expectWholeStories(): Promise<void> {
  const { db } = service.database;
  const deposits = await listDeposits(db, {
    state: null,
    accountKey: null,
    reach: null,
    after: null,
    limit: 50,
  });
  expect(deposits).not.toEqual([]);
  for (const { deposit } of deposits) {
    const story = await findDepositStory(db, deposit.id);
    const told = story === null ? [] : tellDeposit(deposit, story).lines.map(({ text }) => text);
    expect(told).toContainEqual(expect.stringContaining('was captured'));
    expect(told).toContainEqual(
      expect.stringContaining(`→ ${deposit.state.replaceAll('_', ' ')}, by Purser`),
    );
  }
}

describe('a Temporal server', () => {
  it('continues after a restart in the middle of a run', async () => {
    const wallet = await service.openWallet(41);
    await service.bank('generate', { codes: [wallet.code], count: 80, days: 2, mix: 'clean' });
    const run = service.reconcile();
    await service.temporal.restart({ keepState: true });
    expect(await run).toMatchObject({ errorCode: null });
    await service.expectTruth();
  });

  it('continues from Postgres after the loss of its database, and nothing is credited twice', async () => {
    const wallet = await service.openWallet(42);
    const codes = [wallet.code];
    await service.bank('generate', { codes, count: 30, days: 2, mix: 'demo' });
    await service.reconcile();
    await service.stopWorker();
    await service.bank('generate', { codes, count: 20, days: 2, mix: 'clean' });
    await service.temporal.restart({ keepState: false });
    await service.startWorker();
    const swept = await sweep();
    const [waiting] = await service.database
      .owner`select count(*)::int as reviews from reviews where closed_at is null`;
    expect(swept.restarted).toBe(waiting?.['reviews']);
    await service.reconcile();
    await service.expectTruth();
    // Every open review has its workflow again, and a second sweep finds nothing to do.
    expect(await sweep()).toMatchObject({ restarted: 0 });
    await expectWholeStories();
  });

  it('lets a deposit continue whose completed workflow it remembers, after a restore of Postgres', async () => {
    const wallet = await service.openWallet(43);
    const sighting: Sighting = {
      bankId: null,
      bookingDate: localDateIn(new Date(), 'Africa/Johannesburg'),
      valueDate: null,
      amountMinor: 33_300n,
      direction: 'credit',
      currency: ZAR,
      status: 'booked',
      reversal: false,
      references: [wallet.code],
      text: '',
      counterparty: { name: null, account: null },
      runningBalanceMinor: null,
      position: 'by hand',
    };
    const { placements } = await captureLines(service.database.db, {
      accountKey: ACCOUNT,
      feed: 'webhook',
      idStable: false,
      runId: null,
      scope: { kind: 'partial' },
      startedAt: new Date(),
      sightings: [sighting],
    });
    const depositId = placements[0]?.kind === 'new' ? placements[0].depositId : null;
    const [open] = await service.database
      .owner`select transaction_key from deposits where id = ${depositId}`;
    const [settled] = await service.database
      .owner`select id from deposits where state = 'credited' limit 1`;
    // The id is used up by a workflow that completed, as after a restore to an earlier moment.
    await service.temporal.client.workflow.execute(WORKFLOW.deposit, {
      workflowId: depositWorkflowId(ACCOUNT, String(open?.['transaction_key']), 1),
      taskQueue: TASK_QUEUE,
      args: [{ depositId: String(settled?.['id']), accountKey: ACCOUNT }],
    });
    expect(await sweep()).toMatchObject({ restarted: 1 });
    await waitFor('the deposit is credited', async () => {
      const [row] = await service.database
        .owner`select state from deposits where id = ${depositId}`;
      return row?.['state'] === 'credited';
    });
    await verifyClean(service.database.db);
  });
});
