import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { startService, type Service } from '../support/service.ts';
import { listWorkflows } from '../support/temporal.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
});
afterAll(() => service.close());

/** Lines of one customer, as the bank shows them from now on. */
async function book(reference: string, ...lines: readonly object[]): Promise<void> {
  await service.bank(
    'lines',
    lines.map((line) => ({ reference, ...line })),
  );
  await service.reconcile();
}

const credit = (amountMinor: string, code: string) => ({
  amountMinor,
  expect: { outcome: 'credited', code },
});
const debit = (amountMinor: string) => ({
  amountMinor,
  direction: 'debit',
  description: 'EFT UNPAID 02 NOT PROVIDED FOR',
  expect: { outcome: 'debit' },
});

async function look(code: string) {
  const [row] = await service.database.db.execute<{
    states: string[];
    credits: string;
    owed: string;
  }>(sql`
    select (select array_agg(d.state order by d.captured_at, d.id) from deposits d join lines l on l.id = d.line_id
             where l."references"[1] = w.code) as states,
           w.credits::text, w.receivable_minor::text as owed
      from wallets w where w.code = ${code}`);
  return row;
}

async function spend(walletId: string, credits: string): Promise<number> {
  const answer = await fetch(`${api.url}/v1/wallets/${walletId}/spends`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ credits }),
  });
  return answer.status;
}

describe('a payment that the bank reverses', () => {
  it('loses its credit once, in the run that shows the reversal', async () => {
    const { code } = await service.openWallet(71);
    await book(code, credit('15000', code));
    expect(await look(code)).toMatchObject({ states: ['credited'], credits: '3' });

    await book(code, debit('15000'));
    await service.reconcile();

    expect(await look(code)).toEqual({ states: ['reversed'], credits: '0', owed: '0' });
    await verifyClean(service.database.db);
  });

  it('leaves no credit and loses nothing when it comes and goes in one run', async () => {
    const { code } = await service.openWallet(72);
    await book(code, credit('5000', code), debit('5000'));
    expect(await look(code)).toEqual({ states: ['reversed'], credits: '0', owed: '0' });
    await verifyClean(service.database.db);
  });

  it('ends a review that waits for a person', async () => {
    await book('NOBODY KNOWS ME', { amountMinor: '12300', expect: { outcome: 'in_review' } });
    await book('NOBODY KNOWS ME', debit('12300'));
    const [row] = await service.database.db.execute<{ id: string; key: string; round: number }>(sql`
      select d.id, d.transaction_key as key, d.workflow_round as round from deposits d where d.amount_minor = 12300 and d.state = 'reversed'`);
    expect(row).toBeDefined();
    const ofReview = (all: readonly WorkflowExecutionInfo[]) =>
      all.filter(({ workflowId }) => workflowId.includes(row?.key ?? 'no deposit'));
    const listed = await listWorkflows(service.temporal.client, (all) => {
      const found = ofReview(all);
      return found.length > 0 && found.every(({ status }) => status.name !== 'RUNNING');
    });
    expect(ofReview(listed).map(({ status }) => status.name)).toEqual(['COMPLETED']);
    await verifyClean(service.database.db);
  });

  it('leaves a debt where the credit was spent, and stops spending until the next deposit covers the debt', async () => {
    const { walletId, code } = await service.openWallet(73);
    await book(code, credit('10000', code));
    expect(await spend(walletId, '2')).toBe(201);
    await book(code, debit('10000'));
    expect(await look(code)).toMatchObject({ credits: '0', owed: '10000' });

    await book(code, credit('16000', code));
    expect(await look(code)).toMatchObject({ credits: '1', owed: '0' });
    expect(await spend(walletId, '1')).toBe(201);
    await verifyClean(service.database.db);
  });
});
