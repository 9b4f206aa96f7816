import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({
    settings: {
      BANK_WEBHOOK_SIGNATURE: 'hex',
      BANK_WEBHOOK_SIGNATURE_HEADER: 'x-bank-signature',
      BANK_WEBHOOK_TIMESTAMP_HEADER: 'x-bank-time',
    },
  });
  await service.startApi();
  await service.bank('settings', {
    webhookSignature: 'hex',
    webhookHexHeader: 'x-bank-signature',
    webhookHexTimestampHeader: 'x-bank-time',
    webhookHexPrefix: 'sha256=',
  });
});
afterAll(() => service.close());

async function addLine(walletNumber: number): Promise<readonly string[]> {
  const { code } = await service.openWallet(walletNumber);
  const line = { reference: code, amountMinor: '25000', expect: { outcome: 'credited', code } };
  return ((await service.bank('lines', [line])) as { readonly ids: readonly string[] }).ids;
}

async function outcomes(): Promise<Readonly<Record<string, number>>> {
  const rows = await service.database.db.execute<{ outcome: string; events: number }>(sql`
    select outcome, count(*)::int as events from bank_events where handled_at is not null group by outcome`);
  return Object.fromEntries(rows.map(({ outcome, events }) => [outcome, events]));
}

async function postings(): Promise<number> {
  const [row] = await service.database.db.execute<{ postings: number }>(
    sql`select count(*)::int as postings from postings`,
  );
  return row?.postings ?? 0;
}

describe('a webhook of a bank that signs in hex', () => {
  it('credits at once, and only once however often it comes', async () => {
    const ids = await addLine(71);
    const sent = await service.bank('webhooks/send', { ids, copies: 3 });
    expect(sent).toMatchObject({ statuses: { '202': 3 } });
    await service.expectTruth();
    expect(await outcomes()).toEqual({ captured: 1 });
  });

  it('gets a refusal for a wrong signature, another body or an old time', async () => {
    const ids = await addLine(72);
    for (const tamper of ['signature', 'body', 'stale']) {
      const sent = await service.bank('webhooks/send', { ids, tamper });
      expect(sent).toMatchObject({ statuses: { '401': 1 } });
    }
    await service.reconcile();
    await service.expectTruth();
  });

  it('triggers a read of the account when it is only a pointer', async () => {
    const ids = await addLine(73);
    await service.bank('settings', { webhookEvents: 'pointer' });
    await service.bank('webhooks/send', { ids });
    await waitFor('the read has credited the line', async () => {
      const [row] = await service.database.db.execute<{ credited: number }>(
        sql`select count(*)::int as credited from deposits where state = 'credited'`,
      );
      return row?.credited === 3;
    });
    await service.expectTruth();
    await service.bank('settings', { webhookEvents: 'full' });
  });

  it('keeps the facts of a reversed line, and moves no money', async () => {
    const ids = await addLine(74);
    await service.reconcile();
    await service.expectTruth();
    const before = await postings();
    await service.bank('webhooks/send', { ids, event: 'reversed' });
    await waitFor('the event is handled', async () => (await outcomes())['reversal'] === 1);
    const [row] = await service.database.db.execute<{ bank_id: string; same: boolean }>(sql`
      select e.bank_id, exists (select 1 from lines l where l.facts_key = e.facts_key) as same
        from bank_events e where outcome = 'reversal'`);
    expect(row).toEqual({ bank_id: ids[0], same: true });
    expect(await postings()).toBe(before);
  });

  it('counts only as a pointer where the account does not trust it', async () => {
    await service.database.owner`update bank_accounts set webhook_trust = 'hint'`;
    const known = (await outcomes())['pointer'] ?? 0;
    const ids = await addLine(75);
    await service.bank('webhooks/send', { ids });
    await waitFor('the event is handled', async () => (await outcomes())['pointer'] === known + 1);
    await service.reconcile();
    await service.expectTruth();
  });
});
