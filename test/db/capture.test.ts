import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aLine, capture, seedBankAccount } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await test.close();
});

describe('capturing lines', () => {
  it('stores a credit with its origin journal and its deposit', async () => {
    await seedBankAccount(test.db, 'one');
    const [depositId] = await capture(test.db, 'one', [
      aLine('a', 7_500n, {
        references: ['CUS00000001', 'it\'s "quoted", {braced}'],
        hold: { reason: 'id_reused', besideLineId: null },
      }),
    ]);

    const [deposit] = await test.owner`
      select d.id, d.state, d.amount_minor, d.hold_reason, l."references", j.kind, j.xid::text <> '' as has_xid
        from deposits d join lines l on l.id = d.line_id join journals j on j.line_id = l.id
       where d.bank_account_key = 'one'`;
    expect(deposit).toEqual({
      id: depositId,
      state: 'captured',
      amount_minor: 7_500n,
      hold_reason: 'id_reused',
      references: ['CUS00000001', 'it\'s "quoted", {braced}'],
      kind: 'capture',
      has_xid: true,
    });
    const postings = await test.owner`
      select account, bank_account_key, unit, amount from postings order by journal_id, leg`;
    expect([...postings]).toEqual([
      { account: 'bank', bank_account_key: 'one', unit: 'ZAR', amount: 7_500n },
      { account: 'suspense', bank_account_key: 'one', unit: 'ZAR', amount: -7_500n },
    ]);
    await verifyClean(test.db);
  });

  it('journals a debit against bank other, without a deposit', async () => {
    await seedBankAccount(test.db, 'fees');
    await capture(test.db, 'fees', [aLine('fee', -1_250n)]);

    const rows = await test.owner`
      select p.account, p.amount, (select count(*) from deposits where bank_account_key = 'fees') as deposits
        from postings p where p.bank_account_key = 'fees' order by p.leg`;
    expect([...rows]).toEqual([
      { account: 'bank', amount: -1_250n, deposits: 0n },
      { account: 'bank_other', amount: 1_250n, deposits: 0n },
    ]);
    await verifyClean(test.db);
  });

  it('stores a notice of amount zero without a journal', async () => {
    await seedBankAccount(test.db, 'notices');
    await capture(test.db, 'notices', [aLine('notice', 0n)]);

    const [counts] = await test.owner`
      select (select count(*) from lines where bank_account_key = 'notices') as lines,
             (select count(*) from journals where bank_account_key = 'notices') as journals,
             (select count(*) from deposits where bank_account_key = 'notices') as deposits`;
    expect(counts).toEqual({ lines: 1n, journals: 0n, deposits: 0n });
    await verifyClean(test.db);
  });

  it('stores 250 lines at once, each with its own references in its own row', async () => {
    await seedBankAccount(test.db, 'many');
    const lines = Array.from({ length: 250 }, (_, index) =>
      aLine(`m${String(index)}`, BigInt(index % 3 === 0 ? -100 - index : 100 + index), {
        references: index % 5 === 0 ? [] : [`ref ${String(index)}`, 'second'],
      }),
    );
    await capture(test.db, 'many', lines);

    const stored = await test.owner<{ amount_minor: bigint; references: string[] }[]>`
      select amount_minor, "references" from lines where bank_account_key = 'many' order by id`;
    expect(stored.map((row) => [row.amount_minor, row.references])).toEqual(
      lines.map((line) => [line.amountMinor, line.references]),
    );
    const [deposits] = await test.owner`
      select count(*) from deposits where bank_account_key = 'many'`;
    expect(deposits).toEqual({
      count: BigInt(lines.filter((line) => line.amountMinor > 0n).length),
    });
    await verifyClean(test.db);
  });

  it('counts twins as two lines and refuses the same twin again', async () => {
    await seedBankAccount(test.db, 'twins');
    const twin = (occurrence: number) =>
      aLine('twin', 5_000n, { occurrence, transactionKey: `twin-${String(occurrence)}` });
    await capture(test.db, 'twins', [twin(1), twin(2)]);

    const again = capture(test.db, 'twins', [twin(2)]);

    await expect(sqlStateOf(again)).resolves.toBe('23505 lines_captured_once');
    const [count] =
      await test.owner`select count(*) from deposits where bank_account_key = 'twins'`;
    expect(count).toEqual({ count: 2n });
    await verifyClean(test.db);
  });

  it('keeps nothing of a batch in which one line is refused', async () => {
    await seedBankAccount(test.db, 'whole');
    const batch = [aLine('w1', 5_000n), aLine('w2', 10_000_000_000_001n)];

    await expect(sqlStateOf(capture(test.db, 'whole', batch))).resolves.toBe(
      '23514 lines_amount_in_range',
    );
    const rows = await test.db.execute(sql`select 1 from lines where bank_account_key = 'whole'`);
    expect(rows).toHaveLength(0);
  });
});
