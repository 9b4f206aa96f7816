import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureStatement } from '../../../activities/capture-statement.ts';
import { newId } from '../../../db/new-id.ts';
import {
  anAccount,
  createTestDependencies,
  type TestDependencies,
} from '../../support/activities.ts';
import { camt053 } from '../../support/camt.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { importStatement, storeFile } from '../../support/statements.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase();
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

const importFile = (accountKey: string, body: Uint8Array) =>
  importStatement(dependencies, { accountKey, body, runId: newId('run') });

async function holdsOf(accountKey: string): Promise<readonly unknown[]> {
  const rows = await test.owner`
    select hold_reason as hold from deposits where bank_account_key = ${accountKey} order by line_id`;
  return [...rows].map((row): unknown => row['hold']);
}

const TWO_CREDITS = [
  { amount: '50.00', reference: 'CUS00001234' },
  { amount: '75.00', reference: 'CUS12345671' },
];

describe('the capture of a statement', () => {
  it('captures a statement that contradicts itself where the account only warns', async () => {
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set proof_policy = 'warn' where key = ${accountKey}`;
    expect(await importFile(accountKey, camt053(TWO_CREDITS, '225.01'))).toMatchObject({
      linesNew: 2,
      proofsFailed: 0,
    });
    await importFile(accountKey, camt053([{ amount: '1.00' }], null, { day: '2026-11-21' }));
    expect(await holdsOf(accountKey)).toEqual([null, null, null]);
    const [row] = await test.owner`
      select s.proof, s.state from statements s join statement_files f on f.id = s.file_id
       where f.bank_account_key = ${accountKey} order by s.id limit 1`;
    expect(row).toEqual({ proof: 'failed', state: 'captured' });
    await verifyClean(test.db);
  });

  it('says how a statement continues the ones before it', async () => {
    const accountKey = await anAccount(test.db);
    const next = (day: string, amount: string, closing: string) =>
      importFile(accountKey, camt053([{ amount, reference: day }], closing, { day }));
    // Each opens at R100.00, so that only one that closes there is followed.
    await next('2026-11-10', '1.00', '101.00');
    await next('2026-11-11', '2.00', '102.00');
    await importFile(accountKey, camt053([], '100.00', { day: '2026-11-12' }));
    await next('2026-11-13', '3.00', '103.00');
    await next('2026-11-13', '4.00', '104.00');
    await importFile(
      accountKey,
      camt053([{ amount: '3.00', reference: 'other words' }], '103.00', { day: '2026-11-13' }),
    );
    const rows = await test.owner`
      select s.continuity, s.continuity_difference_minor::text as difference
        from statements s join statement_files f on f.id = s.file_id
       where f.bank_account_key = ${accountKey} order by s.id`;
    expect([...rows].map((row): unknown[] => [row['continuity'], row['difference']])).toEqual([
      ['first', null],
      ['gap', '-100'],
      ['gap', '-200'],
      ['follows', '0'],
      ['overlap', null],
      ['repeat', null],
    ]);
  });

  it('captures a long statement some days at a time, and continues where an attempt broke off', async () => {
    const accountKey = await anAccount(test.db);
    const days = Array.from({ length: 3 }, (_, index) => `2026-11-0${index + 1}`);
    // More lines than one group takes, so that each day is a transaction of its own.
    const text = [
      ':20:LONG',
      ':25:62000000001',
      ':28C:1/1',
      ':60F:C261101ZAR0,00',
      ...days.flatMap((day) =>
        Array.from({ length: 2_600 }, (_, index) => {
          const date = day.slice(2).replaceAll('-', '');
          return `:61:${date}${date.slice(2)}C1,00NTRF${day.slice(8)}X${index}`;
        }),
      ),
      ':62F:C261103ZAR7800,00',
      '-',
      '',
    ].join('\n');
    const fileId = await storeFile(test.db, accountKey, Buffer.from(text));
    const runId = newId('run');
    let transactions = 0;
    const failing = {
      ...dependencies,
      clock: () => {
        transactions += 1;
        if (transactions === 3) throw new Error('the worker dies here');
        return dependencies.clock();
      },
    };
    await expect(captureStatement(failing, { accountKey, fileId, runId })).rejects.toThrow('dies');
    const captured = async () => {
      const [row] = await test.owner<{ n: number }[]>`
        select count(*)::int as n from lines where bank_account_key = ${accountKey}`;
      return row?.n;
    };
    expect(await captured()).toBe(2_600);
    expect(await captureStatement(dependencies, { accountKey, fileId, runId })).toMatchObject({
      linesSeen: 7_800,
      linesNew: 5_200,
    });
    expect(await captured()).toBe(7_800);
    await verifyClean(test.db);
  });

  it('takes a CSV that names no account as the account that its user names', async () => {
    const accountKey = await anAccount(test.db);
    const csv =
      'Date,Description,Amount,Balance\n20261119,CUS00001234,10.00,10.00\n20261120,FEE,-1.00,9.00\n';
    expect(await importFile(accountKey, Buffer.from(csv))).toMatchObject({ linesNew: 2 });
    await importFile(accountKey, camt053(TWO_CREDITS, '225.00'));
    await verifyClean(test.db);
  });

  it('captures what the bank calls provisional as the account says, and once when its statement comes', async () => {
    const text = (rows: string) =>
      Buffer.from(`Statement Enquiry :\nAccount Number :,62000000001\n${rows}`);
    const [day, entry] = ['19Nov2026', '19Nov2026,CUS00001234,100,100\n'];
    const provisional = `${day},PROVISIONAL STATEMENT,0,0\n${entry}${day},CUS00000013,50,150\n`;
    const waiting = await anAccount(test.db);
    expect(await importFile(waiting, text(provisional))).toMatchObject({ linesNew: 0 });
    const crediting = await anAccount(test.db);
    await test.owner`update bank_accounts set provisional = 'booked' where key = ${crediting}`;
    expect(await importFile(crediting, text(provisional))).toMatchObject({ linesNew: 2 });
    expect(await holdsOf(crediting)).toEqual([null, null]);
    const final = `${day},BROUGHT FORWARD,,0\n${entry}${day},CUS00000013,50,150\n${day},CARRIED FORWARD,,150\n`;
    expect(await importFile(crediting, text(final))).toMatchObject({ linesNew: 0 });
    expect(await importFile(waiting, text(final))).toMatchObject({ linesNew: 2 });
    await verifyClean(test.db);
  });
});
