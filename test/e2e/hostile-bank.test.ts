import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, localDateIn } from '../../domain/local-date.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let wallets = 0;
beforeAll(async () => {
  service = await startService();
  await service.startApi();
});
afterAll(() => service.close());

const today = localDateIn(new Date(), 'Africa/Johannesburg');

/** Deposits for a new customer, captured and credited by a first read. */
async function credited(count: number, more: object = {}) {
  wallets += 1;
  const wallet = await service.openWallet(40 + wallets);
  const line = {
    reference: wallet.code,
    amountMinor: String(5_000 + wallets),
    expect: { outcome: 'credited', code: wallet.code },
    ...more,
  };
  const added = (await service.bank(
    'lines',
    Array.from({ length: count }, () => line),
  )) as {
    readonly ids: readonly string[];
  };
  await service.reconcile();
  return { ...wallet, line, ids: added.ids };
}

/** How many deposits of this customer's code are credited, and how many wait for a person. */
async function depositsOf(code: string) {
  const [row] = await service.database.db.execute<{ credited: number; waiting: number }>(sql`
    select count(*) filter (where d.state = 'credited')::int as credited,
           count(*) filter (where d.state = 'in_review')::int as waiting
      from deposits d join lines l on l.id = d.line_id where l."references"::text like ${`%${code}%`}`);
  return row;
}

describe('Purser, reading a bank that plays tricks,', () => {
  it('makes two deposits and two credits of one payer’s twins on one day', async () => {
    const { code } = await credited(2);
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
    await service.expectTruth();
  });

  it('adds nothing for reissued ids', async () => {
    const { code, ids } = await credited(2);
    await service.bank('reissue-ids', { ids });
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
    await service.expectTruth();
  });

  it('ignores blank ids: each line counts once, and again only when it appears again', async () => {
    const { code, line } = await credited(2, { id: ' ' });
    await service.bank('lines', [{ ...line, id: ' ' }]);
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 3, waiting: 0 });
    await service.expectTruth();
  });

  it('counts every row where one id is on many', async () => {
    const { code, line } = await credited(2, { id: '9998' });
    await service.bank('lines', [{ ...line, id: '9998', amountMinor: '7777' }]);
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 3, waiting: 0 });
    await service.expectTruth();
  });

  it('recognises a line whose text the bank edits afterwards', async () => {
    const { code, ids } = await credited(2);
    await service.bank('edit-text', { ids, field: 'reference', text: `REF ${code} EDITED` });
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
    await service.expectTruth();
  });

  it('never credits a line twice whose date moves by a day', async () => {
    const { code, ids } = await credited(1);
    await service.bank('shift-date', { ids, days: -1 });
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toMatchObject({ credited: 1 });
  });

  it('credits a pending line once it is booked, under its new id and day', async () => {
    const { code, ids } = await credited(1, { status: 'pending', bookingDate: addDays(today, -1) });
    expect(await depositsOf(code)).toEqual({ credited: 0, waiting: 0 });
    await service.bank('book-pending', { ids });
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 1, waiting: 0 });
  });

  it('credits a line that comes days late like any other', async () => {
    const { code, line } = await credited(1);
    await service.bank('lines', [{ ...line, bookingDate: addDays(today, -5) }]);
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
  });
});
