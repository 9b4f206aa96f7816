import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  SWEEP_SCHEDULE_ID,
  TASK_QUEUE,
  WORKFLOW,
  type SweepOutput,
} from '../../workflows/contract.ts';
import { startService, type Service } from '../support/service.ts';

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

describe('Temporal', () => {
  it('restarted in the middle of a run goes on where it was', async () => {
    const wallet = await service.openWallet(41);
    await service.bank('generate', { codes: [wallet.code], count: 80, days: 2, mix: 'clean' });
    const run = service.reconcile();
    await service.temporal.restart({ keepState: true });
    expect(await run).toMatchObject({ errorCode: null });
    await service.expectTruth();
  });

  it('with its database thrown away is driven again from Postgres, and nothing is credited twice', async () => {
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
  });
});
