import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depositWorkflowId, type DepositStateOutput } from '../../workflows/contract.ts';
import { verifyClean } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { listWorkflows } from '../support/temporal.ts';
import { waitFor } from '../support/wait-for.ts';

/** The server suggests that a workflow continue as new after so many events; its own number is 4,096. */
const EVENTS_MAX = 100;
const SIGNALS = 200;

let service: Service;
beforeAll(async () => {
  service = await startService({
    limits: { 'limit.historyCount.suggestContinueAsNew': EVENTS_MAX },
  });
});
afterAll(() => service.close());

async function aReview(minor: number) {
  await service.bank('lines', [
    { reference: 'no code', amountMinor: String(minor), expect: { outcome: 'in_review' } },
  ]);
  await service.reconcile();
  const [row] = await service.database.owner<{ id: string; key: string }[]>`
    select id, transaction_key as key from deposits where amount_minor = ${minor}`;
  const workflowId = depositWorkflowId(ACCOUNT, row?.key ?? '', 1);
  return { depositId: row?.id ?? '', workflowId };
}

describe('a review that gets very many messages', () => {
  it('continues as new, keeps what it knows, and takes the decision', async () => {
    const { depositId, workflowId } = await aReview(6_601);
    const handle = service.temporal.client.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();
    for (let sent = 1; sent <= SIGNALS; sent += 1)
      await handle.signal('bankEvent', { eventId: `evt_${sent}` });
    await waitFor('the next run', async () => (await handle.describe()).runId !== runId);
    // It may continue as new once more: what is looked at is one answer.
    const now = await waitFor('the review is open and knows every message', async () => {
      const found = await handle.query<DepositStateOutput>('getState');
      return found.state === 'in_review' && found.bankEvents === SIGNALS ? found : null;
    });
    expect(now).toMatchObject({ reviewReason: 'no_reference', bankEvents: SIGNALS });
    const { historyLength, typedSearchAttributes } = await handle.describe();
    expect(historyLength).toBeLessThan(EVENTS_MAX * 2);
    expect(
      Object.fromEntries(typedSearchAttributes.getAll().map((a) => [a.key.name, a.value])),
    ).toMatchObject({ DepositId: depositId, BankAccountKey: ACCOUNT, DepositState: 'in_review' });
    const { walletId } = await service.openWallet(66);
    const decision = { depositId, kind: 'credit', walletId } as const;
    const decisionId = await aDecision(service.database.owner, decision);
    const answer = await handle.executeUpdate('resolveDeposit', { args: [{ decisionId }] });
    expect(answer).toMatchObject({ outcome: 'credited' });
    await verifyClean(service.database.db);
  });
});

describe('what operators see of a workflow', () => {
  it('says of each message what it does, and of each activity and timer what it is for', async () => {
    const { workflowId } = await aReview(6_602);
    const handle = service.temporal.client.workflow.getHandle(workflowId);
    const { definition } = await handle.query<{
      readonly definition: Readonly<
        Record<string, readonly { readonly name: string; readonly description?: string }[]>
      >;
    }>('__temporal_workflow_metadata');
    const messages = ['signalDefinitions', 'updateDefinitions', 'queryDefinitions'].flatMap(
      (kind) => definition[kind] ?? [],
    );
    const ours = messages.filter(({ name }) => !name.startsWith('__'));
    expect(ours.map(({ name }) => name).sort()).toEqual([
      'bankEvent',
      'getState',
      'resolve',
      'resolveDeposit',
      'wake',
    ]);
    expect(ours.filter(({ description = '' }) => description.length < 20)).toEqual([]);
    const { events } = await handle.fetchHistory();
    const asked = (events ?? []).filter(
      (each) =>
        (each.activityTaskScheduledEventAttributes ?? each.timerStartedEventAttributes ?? null) !==
        null,
    );
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.filter(({ userMetadata }) => !userMetadata?.summary)).toEqual([]);
    await handle.terminate();
  });

  it('finds every workflow of an account by its search attribute', async () => {
    const all = await listWorkflows(service.temporal.client, (listed) => listed.length > 3);
    const without = all.filter(
      ({ type, typedSearchAttributes }) =>
        ['deposit', 'reconcile'].includes(type) &&
        !typedSearchAttributes
          .getAll()
          .some(({ key, value }) => key.name === 'BankAccountKey' && value === ACCOUNT),
    );
    expect(without.map(({ workflowId }) => workflowId)).toEqual([]);
  });
});
