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

describe('a bank that plays tricks, read over and over', () => {
  it('twins of one payer on one day are two deposits and two credits', async () => {
    const { code } = await credited(2);
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
    await service.expectTruth();
  });

  it('ids issued anew add nothing', async () => {
    const { code, ids } = await credited(2);
    await service.bank('reissue-ids', { ids });
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
    await service.expectTruth();
  });

  it('blank ids are no ids: each line counts once, and again only when it is there again', async () => {
    const { code, line } = await credited(2, { id: ' ' });
    await service.bank('lines', [{ ...line, id: ' ' }]);
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 3, waiting: 0 });
    await service.expectTruth();
  });

  it('one id on many rows swallows none of them', async () => {
    const { code, line } = await credited(2, { id: '9998' });
    await service.bank('lines', [{ ...line, id: '9998', amountMinor: '7777' }]);
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 3, waiting: 0 });
    await service.expectTruth();
  });

  it('a text that the bank edits afterwards is the same line', async () => {
    const { code, ids } = await credited(2);
    await service.bank('edit-text', { ids, field: 'reference', text: `REF ${code} EDITED` });
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
    await service.expectTruth();
  });

  it('a date that moves by a day is never a second credit', async () => {
    const { code, ids } = await credited(1);
    await service.bank('shift-date', { ids, days: -1 });
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toMatchObject({ credited: 1 });
  });

  it('a pending line is credited once it is booked, under its new id and day', async () => {
    const { code, ids } = await credited(1, { status: 'pending', bookingDate: addDays(today, -1) });
    expect(await depositsOf(code)).toEqual({ credited: 0, waiting: 0 });
    await service.bank('book-pending', { ids });
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 1, waiting: 0 });
  });

  it('a line that comes days late is credited like any other', async () => {
    const { code, line } = await credited(1);
    await service.bank('lines', [{ ...line, bookingDate: addDays(today, -5) }]);
    await service.reconcile();
    await service.reconcile();
    expect(await depositsOf(code)).toEqual({ credited: 2, waiting: 0 });
  });
});
