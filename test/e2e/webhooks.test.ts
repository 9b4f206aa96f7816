import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type Service } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await service.startApi();
});
afterAll(() => service.close());

async function addLines(
  code: string,
  count: number,
  amountMinor: string,
): Promise<readonly string[]> {
  const lines = Array.from({ length: count }, () => ({
    reference: code,
    amountMinor,
    expect: { outcome: 'credited', code },
  }));
  const added = (await service.bank('lines', lines)) as { readonly ids: readonly string[] };
  return added.ids;
}

describe('a bank webhook', () => {
  it('credits its deposit without waiting for the next poll', async () => {
    const wallet = await service.openWallet(11);
    const ids = await addLines(wallet.code, 1, '25000');
    await service.bank('webhooks/send', { ids });
    await service.expectTruth();
    await service.reconcile();
    await service.expectTruth();
  });

  it('leads to one credit and one notification when it comes five times', async () => {
    const wallet = await service.openWallet(12);
    const ids = await addLines(wallet.code, 1, '5000');
    const sent = await service.bank('webhooks/send', { ids, copies: 5, concurrency: 5 });
    expect(sent).toMatchObject({ statuses: { '202': 5 } });
    await service.expectTruth();
    const [row] = await service.database.db.execute(
      sql`select count(*)::int as notifications from notifications where wallet_id = ${wallet.walletId}`,
    );
    expect(row).toEqual({ notifications: 1 });
  });

  it('gets a refusal without a posting for a wrong signature or age', async () => {
    const wallet = await service.openWallet(13);
    await service.reconcile();
    const ids = await addLines(wallet.code, 1, '5000');
    const tampers = ['body', 'signature', 'stale'];
    for (const tamper of tampers) {
      const sent = await service.bank('webhooks/send', { ids, tamper });
      expect(sent).toMatchObject({ statuses: { '401': 1 } });
    }
    const [row] = await service.database.db.execute(
      sql`select count(*)::int as journals from journals where wallet_id = ${wallet.walletId}`,
    );
    expect(row).toEqual({ journals: 0 });
    await service.reconcile();
    await service.expectTruth();
  });

  it('credits no line twice when 200 of them race the poll', async () => {
    const wallet = await service.openWallet(14);
    for (let round = 0; round < 10; round += 1) {
      // Amounts differ between rounds and are the same within one: twins race, too.
      const ids = await addLines(wallet.code, 20, `${5_000 + round}`);
      await Promise.all([
        service.bank('webhooks/send', { ids, copies: 2, concurrency: 8 }),
        service.reconcile(),
      ]);
    }
    await service.reconcile();
    await service.expectTruth();
  });
});
