import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../api/auth/api-keys.ts';
import {
  BANK_EVENT_SIGNAL,
  decisionWorkflowId,
  depositWorkflowId,
  RESOLVE_SIGNAL,
  TASK_QUEUE,
  WORKFLOW,
} from '../../workflows/contract.ts';
import { verifyClean } from '../support/database.ts';
import { aDecision, PAYER } from '../support/decisions.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
let secondKey: string;
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
  const made = await createApiKey(service.database.db, {
    name: 'second',
    ownerKind: 'person',
    scopes: ['decision:approve'],
    pepper: service.config.API_KEY_PEPPER ?? '',
    deployment: 'trial',
  });
  secondKey = made.key;
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

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function send(path: string, body: unknown, key = api.key): Promise<Answer> {
  const response = await fetch(`${api.url}/v1/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const decide = (depositId: string, decision: unknown) =>
  send(`reviews/${depositId}/decisions`, decision);

/** Has a second person approve what was proposed. */
const approve = ({ body }: Answer, key = secondKey) =>
  send(
    `decisions/${String(body['decisionId'])}/approve`,
    { payloadSha256: body['payloadSha256'] },
    key,
  );

async function stateOf(depositId: string): Promise<unknown> {
  const [row] = await service.database.db.execute(
    sql`select state from deposits where id = ${depositId}`,
  );
  return row?.['state'];
}

describe('a decision on a review', () => {
  it('credits the wallet that it names, and answers with the outcome', async () => {
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

  it('returns the money to its sender once a second person has approved it', async () => {
    const { depositId } = await reviewedDeposit('700');
    const proposed = await decide(depositId, { kind: 'return', payer: PAYER, reason: 'not ours' });
    expect(proposed).toMatchObject({ status: 202, body: { state: 'proposed' } });
    expect(await approve(proposed, api.key)).toMatchObject({
      status: 403,
      body: { code: 'decision.same_person' },
    });
    expect(await stateOf(depositId)).toBe('in_review');
    expect(await approve(proposed)).toMatchObject({ status: 200, body: { outcome: 'returned' } });
    expect(await stateOf(depositId)).toBe('returned');
    await verifyClean(service.database.db);
  });

  it('moves no money when its id is signalled before the approval, and all of it after', async () => {
    const { depositId, workflowId } = await reviewedDeposit('800');
    const proposed = await decide(depositId, { kind: 'dismiss', reason: 'own transfer' });
    const decisionId = String(proposed.body['decisionId']);
    const handle = service.temporal.client.workflow.getHandle(workflowId);
    await handle.signal(RESOLVE_SIGNAL, { decisionId });
    const early = await handle.executeUpdate('resolveDeposit', { args: [{ decisionId }] });
    expect(early).toEqual({ outcome: 'not_approved', refusal: null });
    expect(await stateOf(depositId)).toBe('in_review');
    expect(await approve(proposed)).toMatchObject({ status: 200, body: { outcome: 'dismissed' } });
    expect(await handle.result()).toEqual({ outcome: 'dismissed' });
    await verifyClean(service.database.db);
  });

  it('corrects a credit after the workflow of its deposit has ended', async () => {
    const [wrong, right] = [await service.openWallet(56), await service.openWallet(57)];
    const { depositId } = await reviewedDeposit('10000');
    await decide(depositId, { kind: 'credit', code: wrong.code, reason: 'misread' });
    const proposed = await send(`deposits/${depositId}/corrections`, {
      code: right.code,
      reason: 'the payer called again',
    });
    expect(await approve(proposed)).toMatchObject({ status: 200, body: { outcome: 'corrected' } });
    const rows = await service.database.db.execute(sql`
      select id, credits::text from wallets where id in (${wrong.walletId}, ${right.walletId}) order by credits`);
    expect([...rows]).toEqual([
      { id: wrong.walletId, credits: '0' },
      { id: right.walletId, credits: '2' },
    ]);
    const own = service.temporal.client.workflow.getHandle(
      decisionWorkflowId(String(proposed.body['decisionId'])),
    );
    expect(await own.result()).toMatchObject({ outcome: 'corrected' });
    await verifyClean(service.database.db);
  });

  it('gets a refusal and moves nothing when it comes second', async () => {
    const [first, other] = [await service.openWallet(52), await service.openWallet(58)];
    const { depositId } = await reviewedDeposit('5000');
    await decide(depositId, { kind: 'credit', walletId: first.walletId, reason: 'first' });
    const second = await decide(depositId, {
      kind: 'credit',
      walletId: other.walletId,
      reason: 'too late',
    });
    expect(second.status).toBe(409);
    expect(await stateOf(depositId)).toBe('credited');
    await verifyClean(service.database.db);
  });

  it('waits while no worker is up, and runs once one is', async () => {
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
  });
});

describe('a raw signal', () => {
  it('moves no money without a decision of that deposit, and the review continues', async () => {
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
  it('opens again with the money in suspense, and a later decision moves it', async () => {
    const wallet = await service.openWallet(55);
    const { depositId, workflowId } = await reviewedDeposit('15000');
    // Another life of the same workflow, which finds a stored deadline that is about to pass.
    await service.temporal.client.workflow
      .getHandle(workflowId)
      .terminate('the test moves the deadline');
    await service.database.owner`
        update reviews set remind_at = '{}', escalate_at = null, due_at = now() + interval '1 second'
         where deposit_id = ${depositId}`;
    await service.temporal.client.workflow.start(WORKFLOW.deposit, {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [{ depositId, accountKey: ACCOUNT }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    });
    await waitFor('the review is in its second round', async () => {
      const [review] = await service.database.db.execute(sql`
          select 1 from reviews where deposit_id = ${depositId} and round = 2 and overdue_at is not null`);
      return review !== undefined;
    });
    expect(await stateOf(depositId)).toBe('in_review');
    const late = await decide(depositId, {
      kind: 'credit',
      walletId: wallet.walletId,
      reason: 'found at last',
    });
    expect(late).toMatchObject({ status: 200, body: { outcome: 'credited' } });
    await verifyClean(service.database.db);
  });
});
