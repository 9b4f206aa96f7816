import { createHash, randomUUID } from 'node:crypto';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { localDateIn } from '../../domain/local-date.ts';
import { runDecision } from '../../temporal/decisions.ts';
import { runImport } from '../../temporal/starts.ts';
import {
  decisionWorkflowId,
  depositWorkflowId,
  importWorkflowId,
  pollScheduleId,
  SWEEP_SCHEDULE_ID,
  TASK_QUEUE,
  WORKFLOW,
} from '../../workflows/contract.ts';
import { anAccount } from '../support/activities.ts';
import { camt053 } from '../support/camt.ts';
import { verifyClean } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { keepHistory, type HistoryName } from '../support/keep-history.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { storeFile } from '../support/statements.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
});
afterAll(() => service.close());

async function replayed(workflowId: string, recordedAs?: HistoryName): Promise<void> {
  const { client } = service.temporal;
  if (recordedAs !== undefined) await keepHistory(client, workflowId, recordedAs);
  const json = historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
  const options = { workflowBundle: { codePath: inject('workflowBundlePath') } };
  await expect(
    Worker.runReplayHistory(options, historyFromJSON(JSON.parse(json)), workflowId),
  ).resolves.toBeUndefined();
}

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Record<string, unknown>;
}

async function workflowOf(
  minor: number,
): Promise<{ readonly id: string; readonly workflowId: string }> {
  return waitFor('the deposit is there', async () => {
    const [row] = await service.database.db.execute<{ id: string; key: string; round: number }>(sql`
      select id, transaction_key as key, workflow_round as round from deposits where amount_minor = ${minor}`);
    return row === undefined
      ? null
      : { id: row.id, workflowId: depositWorkflowId(ACCOUNT, row.key, row.round) };
  });
}

describe('the history of each workflow', () => {
  it('replays with today’s code: a run, a credit, a review that a person decides', async () => {
    const wallet = await service.openWallet(91);
    await service.bank('lines', [
      {
        reference: wallet.code,
        amountMinor: '9101',
        expect: { outcome: 'credited', code: wallet.code },
      },
      { reference: 'NO CODE HERE', amountMinor: '9102', expect: { outcome: 'in_review' } },
    ]);
    await service.reconcile();
    const reviewed = await workflowOf(9_102);
    await post(`/v1/reviews/${reviewed.id}/decisions`, {
      kind: 'credit',
      walletId: wallet.walletId,
      reason: 'she called',
    });
    await service.temporal.client.workflow.getHandle(reviewed.workflowId).result();
    await replayed(reviewed.workflowId, 'deposit-reviewed');
    await replayed((await workflowOf(9_101)).workflowId, 'deposit-credited');
    const runs = service.temporal.client.workflow.list({ query: `WorkflowType = 'reconcile'` });
    const ids: string[] = [];
    for await (const run of runs)
      if (run.workflowId.startsWith(pollScheduleId(ACCOUNT))) ids.push(run.workflowId);
    expect(ids).not.toEqual([]);
    await replayed(ids[0] ?? '', 'reconcile');
  });

  it('replays with today’s code: a deposit behind a gate, the opening of the gate, a claim', async () => {
    const wallet = await service.openWallet(92);
    await post(`/v1/gates/${ACCOUNT}/close`, { reason: 'a test' });
    await service.bank('lines', [
      {
        reference: wallet.code,
        amountMinor: '9201',
        expect: { outcome: 'credited', code: wallet.code },
      },
    ]);
    const run = await service.reconcile();
    expect(run.outcome).toBe('waiting');
    const gated = await workflowOf(9_201);
    await post(`/v1/gates/${ACCOUNT}/open`, { reason: 'the test is over' });
    expect(await service.temporal.client.workflow.getHandle(gated.workflowId).result()).toEqual({
      outcome: 'credited',
    });
    await service.temporal.client.workflow.getHandle(`gate/${ACCOUNT}`).result();
    const claim = await post('/v1/claims', {
      walletId: wallet.walletId,
      amountMinor: '9201',
      paidOn: localDateIn(new Date(), 'Africa/Johannesburg'),
    });
    const claimWorkflow = `claim/${String(claim['id'])}`;
    expect(await service.temporal.client.workflow.getHandle(claimWorkflow).result()).toEqual({
      state: 'met',
    });
    await replayed(gated.workflowId, 'deposit-gated');
    await replayed(`gate/${ACCOUNT}`, 'drain-gate');
    await replayed(claimWorkflow, 'claim');
    await verifyClean(service.database.db);
  });

  it('replays with today’s code: a decision beside a review, a statement file, a sweep', async () => {
    const { client } = service.temporal;
    const { db, owner } = service.database;
    const wallet = await service.openWallet(93);
    await service.bank('lines', [
      {
        reference: wallet.code,
        amountMinor: '9301',
        expect: { outcome: 'credited', code: wallet.code },
      },
    ]);
    await service.reconcile();
    const { id: depositId } = await workflowOf(9_301);
    const other = await service.openWallet(94);
    const decisionId = await aDecision(owner, {
      depositId,
      kind: 'correct',
      walletId: other.walletId,
    });
    expect(await runDecision(client, { accountKey: ACCOUNT, depositId, decisionId })).toMatchObject(
      {
        outcome: 'corrected',
      },
    );
    const accountKey = await anAccount(db);
    const body = camt053([{ amount: '93.02' }], '193.02');
    const fileId = await storeFile(db, accountKey, body);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const imported = await runImport(client, { accountKey, fileId, sha256 });
    expect(imported).toMatchObject({ depositsNew: 1, stillCaptured: 0 });
    const sweepId = `${SWEEP_SCHEDULE_ID}/of-a-test`;
    await client.workflow.execute(WORKFLOW.sweep, {
      workflowId: sweepId,
      taskQueue: TASK_QUEUE,
      args: [{ olderThanMs: 0 }],
    });
    await replayed(decisionWorkflowId(decisionId), 'decide');
    await replayed(importWorkflowId(accountKey, sha256), 'import-statement');
    await replayed(sweepId, 'sweep');
  });
});
