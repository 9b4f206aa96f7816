import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  depositWorkflowId,
  RESOLVE_DEPOSIT_UPDATE,
  RESOLVE_SIGNAL,
  TASK_QUEUE,
  WORKFLOW,
} from '../../workflows/contract.ts';
import { verifyClean } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** A deposit in review, and its workflow. */
async function aReview() {
  const reference = `order ${randomUUID().slice(0, 6)} thanks`;
  await service.bank('lines', [
    { reference, amountMinor: '5000', expect: { outcome: 'in_review' } },
  ]);
  await service.reconcile();
  const [row] = await service.database.owner<{ id: string; key: string }[]>`
    select d.id, d.transaction_key as key from deposits d join lines l on l.id = d.line_id where ${reference} = any(l."references")`;
  const depositId = row?.id ?? '';
  const { client } = service.temporal;
  const handle = client.workflow.getHandle(depositWorkflowId(ACCOUNT, row?.key ?? '', 1));
  await waitFor('the deposit waits in its workflow', async () => {
    const { state } = await handle.query<{ readonly state: string }>('getState');
    return state === 'in_review';
  });
  return { depositId, handle };
}

const stateOf = async (depositId: string) => {
  const [row] = await service.database.owner`select state from deposits where id = ${depositId}`;
  return String(row?.['state']);
};

/** What somebody may type after `--input`. */
const ODD: readonly (readonly [string, readonly unknown[]])[] = [
  ['no input', []],
  ['null', [null]],
  ['a number for the id', [{ decisionId: 5 }]],
  ['a list', [['dec_1']]],
  ['a text', ['dec_1']],
  ['an object without an id', [{ decision: 'dec_1' }]],
  ['an id that no database takes', [{ decisionId: 'dec_\u0000' }]],
  ['a very long id', [{ decisionId: 'd'.repeat(10_000) }]],
];

describe('a message that cannot be read', () => {
  it('neither wedges its workflow nor stops the decisions behind it', async () => {
    const { depositId, handle } = await aReview();
    const wallet = await service.openWallet(81);
    for (const [, args] of ODD) await handle.signal(RESOLVE_SIGNAL, ...args);
    const { walletId } = wallet;
    const decisionId = await aDecision(service.database.owner, {
      depositId,
      kind: 'credit',
      walletId,
    });
    const answer = await handle.executeUpdate<{ readonly outcome: string }, [unknown]>(
      RESOLVE_DEPOSIT_UPDATE,
      { args: [{ decisionId }] },
    );
    expect(answer.outcome).toBe('credited');
    expect(await handle.result()).toEqual({ outcome: 'credited' });
    const { events = [] } = await handle.fetchHistory();
    expect(
      (events ?? []).filter((each) => (each.workflowTaskFailedEventAttributes ?? null) !== null),
    ).toEqual([]);
    await verifyClean(service.database.db);
  });

  it.each(ODD)(
    'comes to nothing as an update, before it is in the history: %s',
    async (_what, args) => {
      const { handle } = await aReview();
      const before = (await handle.describe()).historyLength;
      await expect(
        handle.executeUpdate(RESOLVE_DEPOSIT_UPDATE, { args: args as [unknown] }),
      ).rejects.toThrow();
      const after = await handle.fetchHistory();
      expect(
        (after.events ?? []).filter(
          (each) => (each.workflowExecutionUpdateAcceptedEventAttributes ?? null) !== null,
        ),
      ).toEqual([]);
      expect(before).toBeGreaterThan(0);
      await handle.terminate();
    },
  );

  it.each(Object.values(WORKFLOW))(
    'ends a workflow of type %s that was started without input',
    async (type) => {
      const { client } = service.temporal;
      const started = client.workflow.execute(type, {
        workflowId: `odd/${type}/${randomUUID()}`,
        taskQueue: TASK_QUEUE,
        args: [],
      });
      await expect(started).rejects.toBeInstanceOf(WorkflowFailedError);
    },
  );
});

describe('a decision that was approved and never delivered', () => {
  it('comes again after a minute, without the sweep', async () => {
    const { depositId } = await aReview();
    const { walletId } = await service.openWallet(82);
    const { owner } = service.database;
    const decisionId = await aDecision(owner, { depositId, kind: 'credit', walletId });
    expect(await stateOf(depositId)).toBe('in_review');
    // When it was approved never changes: the one that is old enough is written so.
    await owner.begin(async (tx) => {
      await tx.unsafe('set local session_replication_role = replica');
      await tx`update decisions set proposed_at = now() - interval '2 minutes' where id = ${decisionId}`;
    });
    await waitFor(
      'the decision is carried out',
      async () => (await stateOf(depositId)) === 'credited',
    );
  });
});
