import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depositWorkflowId, pollScheduleId } from '../../workflows/contract.ts';
import { aDecision } from '../support/decisions.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

const HANGING = ['slow-one', 'slow-two'];

let service: Service;
let bank: Server;
beforeAll(async () => {
  // As few slots and connections as a worker may have.
  service = await startService({ settings: { DATABASE_POOL_SIZE: '2' } });
  bank = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(bank, 'listening');
  const { port } = bank.address() as AddressInfo;
  for (const key of HANGING)
    await service.database.owner`
      insert into bank_accounts
      select (jsonb_populate_record(a, jsonb_build_object('key', ${key}::text, 'bank_account_id', ${key}::text,
              'api_url', ${`http://127.0.0.1:${port}/transactions`}::text))).*
        from bank_accounts a where key = ${ACCOUNT}`;
  // Its Schedules are made when a worker starts.
  await service.stopWorker();
  await service.startWorker();
});
afterAll(async () => {
  bank.closeAllConnections();
  bank.close();
  await service.close();
});

/** The attempts at which the reads of the hanging banks are, while they hang. */
async function hangingAttempts(): Promise<readonly number[]> {
  const { client } = service.temporal;
  const attempts: number[] = [];
  const query = `WorkflowType = 'reconcile' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    if (!HANGING.some((key) => workflowId.startsWith(pollScheduleId(key)))) continue;
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    for (const { activityType, attempt, lastStartedTime } of raw.pendingActivities ?? [])
      if (activityType?.name === 'fetchLines' && (lastStartedTime ?? null) !== null)
        attempts.push(attempt ?? 0);
  }
  return attempts;
}

describe('two banks that hang and fill the slots of a worker', () => {
  it('delay neither a person’s decision nor the read of another account', async () => {
    await service.bank('lines', [
      { reference: 'no code here', amountMinor: '7501', expect: { outcome: 'in_review' } },
    ]);
    await service.reconcile();
    const [row] = await service.database.owner<{ id: string; key: string }[]>`
      select id, transaction_key as key from deposits where amount_minor = 7501`;
    const { id: depositId, key } = row ?? { id: '', key: '' };
    const { client } = service.temporal;
    const deposit = client.workflow.getHandle(depositWorkflowId(ACCOUNT, key, 1));
    const { walletId, code } = await service.openWallet(31);

    for (const account of HANGING)
      await client.schedule.getHandle(pollScheduleId(account)).trigger();
    await waitFor('both banks hang', async () => (await hangingAttempts()).length === 2);

    const decisionId = await aDecision(service.database.owner, {
      depositId,
      kind: 'credit',
      walletId,
    });
    await deposit.signal('resolve', { decisionId });
    expect(await deposit.result()).toEqual({ outcome: 'credited' });
    expect(await hangingAttempts()).toEqual([1, 1]);

    await service.bank('lines', [
      { reference: code, amountMinor: '7502', expect: { outcome: 'credited', code } },
    ]);
    expect(await service.reconcile()).toMatchObject({ outcome: 'completed', creditedCount: 1 });
    expect(await hangingAttempts()).toHaveLength(2);
  });
});
