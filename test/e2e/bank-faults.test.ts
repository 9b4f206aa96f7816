import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runIdOf } from '../../workflows/contract.ts';
import { payloadTexts } from '../support/payload-texts.ts';
import { startService, type Service } from '../support/service.ts';
import { listWorkflows } from '../support/temporal.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

async function countPostings(): Promise<unknown> {
  const [row] = await service.database.db.execute(
    sql`select count(*)::int as postings from postings`,
  );
  return row?.['postings'];
}

describe('a bank that is down', () => {
  it('causes failed runs and nothing else: after three ticks the next one catches up', async () => {
    const wallet = await service.openWallet(21);
    const line = {
      reference: wallet.code,
      amountMinor: '7500',
      expect: { outcome: 'credited', code: wallet.code },
    };
    await service.bank('faults', { mode: 'error503' });
    for (let tick = 0; tick < 3; tick += 1) {
      await service.bank('lines', [line]);
      const run = await service.reconcile();
      expect(run).toMatchObject({ outcome: 'failed', errorCode: 'bank.unavailable', linesNew: 0 });
    }
    expect(await countPostings()).toBe(0);
    await service.bank('faults', { mode: 'none' });
    const run = await service.reconcile();
    expect(run).toMatchObject({ outcome: 'completed', creditedCount: 3 });
    await service.expectTruth();
  });
});

describe('a faulty page', () => {
  const cases = [
    { mode: 'html', code: 'bank.bad_response' },
    { mode: 'not-json', code: 'bank.bad_response' },
    { mode: 'wrong-content-type', code: 'bank.bad_response' },
    { mode: 'duplicate-keys', code: 'bank.bad_response' },
    { mode: 'unauthorized', code: 'bank.unauthorized' },
  ];
  it.each(cases)('fails the run with $code and posts nothing: $mode', async ({ mode, code }) => {
    await service.bank('lines', [
      { reference: 'no code here', amountMinor: '100', expect: { outcome: 'in_review' } },
    ]);
    const before = await countPostings();
    await service.bank('faults', { mode });
    expect(await service.reconcile()).toMatchObject({
      outcome: 'failed',
      errorCode: code,
      errorDetail: expect.stringMatching(/^The bank/) as string,
      linesNew: 0,
    });
    expect(await countPostings()).toBe(before);
    await service.bank('faults', { mode: 'none' });
    await service.reconcile();
    await service.expectTruth();
  });

  it.each(['rate-limited', 'cut-body', 'error500'])(
    'leads to another request within the run: %s',
    async (mode) => {
      await service.bank('lines', [
        { reference: 'nobody', amountMinor: '200', expect: { outcome: 'in_review' } },
      ]);
      await service.bank('faults', { mode, times: 1, retryAfterSeconds: 1 });
      expect(await service.reconcile()).toMatchObject({ outcome: 'completed', linesNew: 1 });
      await service.expectTruth();
    },
  );

  it('adds nothing when it repeats, beside twins on one day and reissued ids', async () => {
    const wallet = await service.openWallet(22);
    const twin = {
      reference: wallet.code,
      amountMinor: '12345',
      expect: { outcome: 'credited', code: wallet.code },
    };
    await service.bank('lines', [twin, twin, twin]);
    await service.bank('settings', { pageSize: 2 });
    await service.reconcile();
    await service.expectTruth();
    await service.bank('reissue-ids', {});
    await service.bank('faults', { mode: 'duplicate-page', times: 1 });
    await service.reconcile();
    await service.bank('faults', { mode: 'none' });
    await service.bank('lines', [twin]);
    await service.reconcile();
    await service.expectTruth();
  });
});

describe('a bank that echoes its request', () => {
  const key = () => service.env['BANK_API_KEY'] ?? '';
  const cases = [
    { status: 401, code: 'bank.unauthorized', outcome: 'failed' },
    { status: 400, code: 'bank.bad_response', outcome: 'failed' },
    // A row that cannot be read, which is one case.
    { status: 200, code: null, outcome: 'completed' },
  ];
  it.each(cases)(
    'sends neither our key nor its words into a history or a run: $status',
    async ({ status, code, outcome }) => {
      const said = `{"transactions":[{"${key()}":"Canary 0821550199"}],"page":1,"pages":1,"Bearer ${key()}":1}`;
      await service.bank('faults', { mode: 'raw', status, body: said });
      const run = await service.reconcile();
      await service.bank('faults', { mode: 'none' });
      expect(run).toMatchObject({
        outcome,
        errorCode: code,
        rowsQuarantined: code === null ? 1 : 0,
      });
      expect(Object.values(run).join()).not.toContain(key());
      const kept = await service.database.db.execute(sql`select raw from quarantined_rows`);
      expect(JSON.stringify(kept)).not.toContain(key());
      const { workflow } = service.temporal.client;
      const listed = await listWorkflows(service.temporal.client, (all) =>
        all.some(({ runId }) => runIdOf(runId) === run.id),
      );
      for (const { workflowId, runId } of listed) {
        const text = payloadTexts(await workflow.getHandle(workflowId, runId).fetchHistory());
        for (const canary of [key(), 'Canary', '0821550199']) expect(text).not.toContain(canary);
      }
    },
  );
});
