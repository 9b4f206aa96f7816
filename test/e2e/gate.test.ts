import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DepositState } from '../../domain/ledger/deposit.ts';
import { WORKFLOW } from '../../workflows/contract.ts';
import { rounds } from '../support/rounds.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

const WAITING = rounds({ short: 60, long: 500 });

let service: Service;
let api: { readonly url: string; readonly key: string };
beforeAll(async () => {
  // Each deposit in a workflow of its own, however many there are.
  service = await startService({ settings: { BULK_ABOVE: '1000' } });
  api = await service.startApi();
});
afterAll(() => service.close());

async function gate(verb: 'close' | 'open'): Promise<void> {
  const answer = await fetch(`${api.url}/v1/gates/${ACCOUNT}/${verb}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ reason: 'a test' }),
  });
  expect(answer.status).toBe(200);
}

async function inState(state: DepositState): Promise<number> {
  const [row] = await service.database.db.execute<{ count: number }>(
    sql`select count(*)::int as count from deposits where state = ${state}`,
  );
  return row?.count ?? 0;
}

async function runningDeposits(): Promise<number> {
  const { count } = await service.temporal.client.workflow.count(
    `WorkflowType = '${WORKFLOW.deposit}' AND ExecutionStatus = 'Running'`,
  );
  return count;
}

/** Deposits whose workflow has found the gate closed; one that runs may not have looked yet. */
async function waitingDeposits(): Promise<number> {
  const { workflow } = service.temporal.client;
  let count = 0;
  const query = `WorkflowType = '${WORKFLOW.deposit}' AND ExecutionStatus = 'Running'`;
  for await (const { runId, workflowId } of workflow.list({ query })) {
    const details = await workflow
      .getHandle(workflowId, runId)
      .query<{ readonly currentDetails?: string }>('__temporal_workflow_metadata');
    if (details.currentDetails?.startsWith('Waiting:') === true) count += 1;
  }
  return count;
}

describe('a gate', () => {
  it(`holds ${WAITING} deposits in their workflows, and releases them all in order when it opens`, async () => {
    const wallet = await service.openWallet(71);
    await gate('close');
    await service.bank(
      'lines',
      Array.from({ length: WAITING }, (_, index) => ({
        reference: wallet.code,
        amountMinor: String(5_000 + index),
        expect: { outcome: 'credited', code: wallet.code },
      })),
    );
    expect((await service.reconcile()).outcome).toBe('waiting');
    await waitFor(
      'every deposit waits in its workflow',
      async () => (await waitingDeposits()) === WAITING,
    );
    expect(await inState('credited')).toBe(0);

    await gate('open');
    await waitFor('every deposit is credited', async () => (await inState('credited')) === WAITING);
    await waitFor('every workflow has ended', async () => (await runningDeposits()) === 0);
    const [order] = await service.database.db.execute<{ in_order: boolean }>(sql`
      select array_agg(d.id order by j.wallet_seq) = array_agg(d.id order by d.captured_at, d.id) as in_order
        from journals j join deposits d on d.id = j.deposit_id where j.wallet_id = ${wallet.walletId}`);
    expect(order).toEqual({ in_order: true });
    await service.expectTruth();
  });
});
