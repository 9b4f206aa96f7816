import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BANK_EVENT_SIGNAL,
  depositWorkflowId,
  RESOLVE_SIGNAL,
  TASK_QUEUE,
  WORKFLOW,
} from '../../workflows/contract.ts';
import { verifyClean } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
});
afterAll(() => service.close());

interface Reviewed {
  readonly depositId: string;
  readonly workflowId: string;
}

/** A deposit without a code, waiting in its workflow for a person. */
async function reviewedDeposit(amountMinor: string): Promise<Reviewed> {
  const reference = `order ${randomUUID().slice(0, 6)} thanks`;
  await service.bank('lines', [{ reference, amountMinor, expect: { outcome: 'in_review' } }]);
  await service.reconcile();
  const [row] = await service.database.db.execute<{ id: string; transaction_key: string }>(sql`
    select d.id, d.transaction_key from deposits d join lines l on l.id = d.line_id where ${reference} = any(l."references")`);
  if (row === undefined) throw new Error('The deposit was not captured.');
  return { depositId: row.id, workflowId: depositWorkflowId(ACCOUNT, row.transaction_key, 1) };
}

async function decide(
  depositId: string,
  decision: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${api.url}/v1/reviews/${depositId}/decisions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(decision),
  });
  return { status: response.status, body: await response.json() };
}

async function stateOf(depositId: string): Promise<unknown> {
  const [row] = await service.database.db.execute(
    sql`select state from deposits where id = ${depositId}`,
  );
  return row?.['state'];
}

describe('a decision on a review', () => {
  it('to credit moves the money to the wallet that was named, and answers with the outcome', async () => {
    const wallet = await service.openWallet(51);
    const { depositId } = await reviewedDeposit('10100');
    const answer = await decide(depositId, {
      kind: 'credit',
      code: wallet.code,
      reason: 'customer called',
    });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'credited' } });
    expect(await stateOf(depositId)).toBe('credited');
    const [row] = await service.database.db.execute(
      sql`select credits::text, remainder_minor::text from wallets where id = ${wallet.walletId}`,
    );
    expect(row).toEqual({ credits: '2', remainder_minor: '100' });
    await verifyClean(service.database.db);
  });

  it('to return sets the money aside for its sender', async () => {
    const { depositId } = await reviewedDeposit('700');
    const answer = await decide(depositId, { kind: 'return', reason: 'not ours' });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'returned' } });
    expect(await stateOf(depositId)).toBe('returned');
    await verifyClean(service.database.db);
  });

  it('that comes second is refused and moves nothing', async () => {
    const wallet = await service.openWallet(52);
    const { depositId } = await reviewedDeposit('5000');
    await decide(depositId, { kind: 'return', reason: 'not ours' });
    const second = await decide(depositId, {
      kind: 'credit',
      walletId: wallet.walletId,
      reason: 'too late',
    });
    expect(second.status).toBe(409);
    expect(await stateOf(depositId)).toBe('returned');
    await verifyClean(service.database.db);
  });

  it(
    'made while no worker is up is accepted, and carried out once one is',
    { timeout: 60_000 },
    async () => {
      const wallet = await service.openWallet(53);
      const { depositId } = await reviewedDeposit('5000');
      await service.stopWorker();
      const answer = await decide(depositId, {
        kind: 'credit',
        walletId: wallet.walletId,
        reason: 'known customer',
      });
      expect(answer.status).toBe(202);
      expect(await stateOf(depositId)).toBe('in_review');
      await service.startWorker();
      await waitFor(
        'the decision is carried out',
        async () => (await stateOf(depositId)) === 'credited',
      );
      await verifyClean(service.database.db);
    },
  );
});

describe('a raw signal', () => {
  it('without a decision of that deposit moves no money, and the review goes on', async () => {
    const wallet = await service.openWallet(54);
    const { depositId, workflowId } = await reviewedDeposit('9000');
    const other = await reviewedDeposit('8000');
    const foreign = await aDecision(service.database.owner, {
      depositId: other.depositId,
      kind: 'credit',
      walletId: wallet.walletId,
    });
    const handle = service.temporal.client.workflow.getHandle(workflowId);
    for (const decisionId of ['dec_forged', foreign]) {
      await handle.signal(RESOLVE_SIGNAL, { decisionId });
      const output = await handle.executeUpdate('resolveDeposit', {
        args: [{ decisionId }],
        updateId: randomUUID(),
      });
      expect(output).toEqual({ outcome: 'unknown_decision', refusal: null });
    }
    await handle.signal(BANK_EVENT_SIGNAL, { eventId: 'again' });
    expect(await stateOf(depositId)).toBe('in_review');
    await verifyClean(service.database.db);
    const answer = await decide(depositId, {
      kind: 'credit',
      walletId: wallet.walletId,
      reason: 'checked',
    });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'credited' } });
  });
});

describe('a review whose deadline has come', () => {
  it(
    'ends overdue with the money in suspense, and a later decision opens the next round',
    { timeout: 60_000 },
    async () => {
      const wallet = await service.openWallet(55);
      const { depositId, workflowId } = await reviewedDeposit('15000');
      // Another life of the same workflow, which finds a stored deadline that has passed and a reminder that is due.
      await service.temporal.client.workflow
        .getHandle(workflowId)
        .terminate('the test moves the deadline');
      await service.database.owner`
      update reviews set opened_at = now() - interval '26 days', due_at = now() + interval '1 second' where deposit_id = ${depositId}`;
      const again = await service.temporal.client.workflow.start(WORKFLOW.deposit, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [{ depositId, accountKey: ACCOUNT }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      });
      expect(await again.result()).toEqual({ outcome: 'overdue' });
      const [review] = await service.database.db.execute(sql`
      select reminders_sent, overdue_at is not null as is_overdue, closed_at from reviews where deposit_id = ${depositId}`);
      expect(review).toEqual({ reminders_sent: 3, is_overdue: true, closed_at: null });
      expect(await stateOf(depositId)).toBe('in_review');
      await verifyClean(service.database.db);
      await decide(depositId, {
        kind: 'credit',
        walletId: wallet.walletId,
        reason: 'found at last',
      });
      await waitFor(
        'the late decision is carried out',
        async () => (await stateOf(depositId)) === 'credited',
      );
      const round = service.temporal.client.workflow.getHandle(`${workflowId}/r2`);
      expect(await round.result()).toEqual({ outcome: 'credited' });
      await verifyClean(service.database.db);
    },
  );
});
