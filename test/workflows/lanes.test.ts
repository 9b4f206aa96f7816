import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depositWorkflowId, pollScheduleId } from '../../workflows/contract.ts';
import { payloadTexts } from '../support/payload-texts.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { listWorkflows } from '../support/temporal.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { BULK_ABOVE: '40' } });
});
afterAll(() => service.close());

async function lanes(): Promise<unknown> {
  return service.database.db.execute(sql`
    select lane, state, count(*)::int as deposits from deposits group by lane, state order by lane, state`);
}

async function deposits(state: string): Promise<readonly { readonly transaction_key: string }[]> {
  return service.database.db.execute<{ transaction_key: string }>(sql`
    select transaction_key from deposits where state = ${state} order by id`);
}

describe('the per-deposit lane', () => {
  it('credits a deposit in one workflow task and eight events', async () => {
    const wallet = await service.openWallet(61);
    await service.bank('lines', [
      {
        reference: wallet.code,
        amountMinor: '5000',
        expect: { outcome: 'credited', code: wallet.code },
      },
    ]);
    await service.reconcile();
    await service.expectTruth();
    const [deposit] = await deposits('credited');
    const handle = service.temporal.client.workflow.getHandle(
      depositWorkflowId(ACCOUNT, deposit?.transaction_key ?? '', 1),
    );
    expect(await handle.result()).toEqual({ outcome: 'credited' });
    const { events } = await handle.fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(8);
    const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes);
    expect(tasks).toHaveLength(1);
  });

  it('puts no money, reference or name into a history', async () => {
    const wallet = await service.openWallet(62);
    await service.bank('lines', [
      {
        reference: wallet.code,
        description: 'PAYSHAP CREDIT Canary Person',
        amountMinor: '7345600',
        expect: { outcome: 'credited', code: wallet.code },
      },
      {
        reference: 'Canary Person 0821550199',
        amountMinor: '7345600',
        expect: { outcome: 'in_review' },
      },
    ]);
    await service.reconcile();
    await service.expectTruth();
    const own = [...(await deposits('credited')), ...(await deposits('in_review'))].map((deposit) =>
      depositWorkflowId(ACCOUNT, deposit.transaction_key, 1),
    );
    expect(own).toHaveLength(3);
    const listed = await listWorkflows(service.temporal.client, (all) =>
      own.every((id) => all.some(({ workflowId }) => workflowId === id)),
    );
    for (const { workflowId, runId } of listed) {
      const history = await service.temporal.client.workflow
        .getHandle(workflowId, runId)
        .fetchHistory();
      const text = payloadTexts(history);
      for (const canary of ['Canary', '7345600', wallet.code, '0821550199'])
        expect(text).not.toContain(canary);
    }
  });
});

describe('the backlog lane', () => {
  it('takes over above BULK_ABOVE, credits exact matches without workflows, and leaves the rest to them', async () => {
    const wallet = await service.openWallet(63);
    const good = {
      reference: wallet.code,
      amountMinor: '5100',
      expect: { outcome: 'credited', code: wallet.code },
    };
    const unknown = {
      reference: 'no code at all',
      amountMinor: '5200',
      expect: { outcome: 'in_review' },
    };
    await service.bank('lines', [...Array.from({ length: 60 }, () => good), unknown, unknown]);
    const run = await service.reconcile();
    expect(run).toMatchObject({ outcome: 'completed', creditedCount: 60, reviewCount: 2 });
    await service.expectTruth();
    expect(await lanes()).toEqual(
      expect.arrayContaining([
        { lane: 'backlog', state: 'credited', deposits: 60 },
        { lane: 'workflow', state: 'in_review', deposits: 3 },
      ]),
    );
  });
});

describe('a worker that starts', () => {
  it('keeps the pause and the note that an operator set on the Schedule of an account', async () => {
    const schedule = service.temporal.client.schedule.getHandle(pollScheduleId(ACCOUNT));
    await schedule.pause('bank maintenance tonight');
    await service.stopWorker();
    await service.startWorker();
    const { state, policies } = await schedule.describe();
    expect(state).toMatchObject({ paused: true, note: 'bank maintenance tonight' });
    expect(policies).toMatchObject({
      overlap: 'SKIP',
      catchupWindow: 600_000,
      pauseOnFailure: false,
    });
    await schedule.unpause();
  });
});
