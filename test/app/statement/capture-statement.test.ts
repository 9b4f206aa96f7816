import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../db/new-id.ts';
import {
  anAccount,
  aSighting,
  countMoves,
  createTestDependencies,
  poll,
  type TestDependencies,
} from '../../support/activities.ts';
import { camt053 } from '../../support/camt.ts';
import { importStatement } from '../../support/statements.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase();
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

const importFile = (accountKey: string, body: Uint8Array, runId = newId('run')) =>
  importStatement(dependencies, { accountKey, body, runId });

async function depositsOf(accountKey: string) {
  const rows = await test.owner`
    select amount_minor::text as minor, state, hold_reason as hold from deposits
     where bank_account_key = ${accountKey} order by line_id`;
  return [...rows];
}

const TWO_CREDITS = [
  { amount: '50.00', reference: 'CUS00001234' },
  { amount: '75.00', reference: 'CUS12345671' },
];

describe('captureStatement', () => {
  it('captures a proved statement: deposits, debits, and twins as two', async () => {
    const accountKey = await anAccount(test.db);
    const twin = { amount: '50.00', reference: 'CUS00001234' };
    const file = camt053([twin, twin, { amount: '12.50', debit: true }], '187.50');
    expect(await importFile(accountKey, file)).toEqual({
      linesSeen: 3,
      linesNew: 3,
      depositsNew: 2,
      proofsFailed: 0,
    });
    expect(await depositsOf(accountKey)).toEqual([
      { minor: '5000', state: 'captured', hold: null },
      { minor: '5000', state: 'captured', hold: null },
    ]);
    await verifyClean(test.db);
  });

  it('adds nothing when the file comes again, unchanged or rewritten', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, camt053(TWO_CREDITS, '225.00'));
    const before = await countMoves(test.db);
    for (const file of [
      camt053(TWO_CREDITS, '225.00'),
      camt053([...TWO_CREDITS].reverse(), '225.00'),
    ]) {
      expect(await importFile(accountKey, file)).toMatchObject({ linesSeen: 2, linesNew: 0 });
    }
    expect(await countMoves(test.db)).toEqual(before);
    await verifyClean(test.db);
  });

  it('adds nothing to the lines of a poll, whatever ids either names', async () => {
    const accountKey = await anAccount(test.db);
    await poll(
      test.db,
      accountKey,
      TWO_CREDITS.map(({ amount, reference }, index) =>
        aSighting({
          bankId: `P${index}`,
          amountMinor: BigInt(amount.replace('.', '')),
          references: [reference],
        }),
      ),
    );
    const file = camt053(
      TWO_CREDITS.map((entry, index) => ({ ...entry, id: `FT${index}` })),
      '225.00',
    );
    expect(await importFile(accountKey, file)).toMatchObject({ linesNew: 0, depositsNew: 0 });
    expect(await depositsOf(accountKey)).toHaveLength(2);
    await verifyClean(test.db);
  });

  it('captures nothing of a statement whose proof fails, and records its arrival', async () => {
    const accountKey = await anAccount(test.db);
    const before = await countMoves(test.db);
    expect(await importFile(accountKey, camt053(TWO_CREDITS, '225.01'))).toEqual({
      linesSeen: 2,
      linesNew: 0,
      depositsNew: 0,
      proofsFailed: 1,
    });
    expect(await countMoves(test.db)).toEqual(before);
    const [row] = await test.owner`
      select proof, difference_minor from statements s join statement_files f on f.id = s.file_id
       where f.bank_account_key = ${accountKey}`;
    expect(row).toEqual({ proof: 'failed', difference_minor: -1n });
    await verifyClean(test.db);
  });

  it('holds lines that come without balances until a person has seen them', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, camt053(TWO_CREDITS, null));
    expect(await depositsOf(accountKey)).toEqual([
      { minor: '5000', state: 'captured', hold: 'proof_absent' },
      { minor: '7500', state: 'captured', hold: 'proof_absent' },
    ]);
    await verifyClean(test.db);
  });

  it('captures nothing of a copy', async () => {
    const accountKey = await anAccount(test.db);
    const copy = camt053(TWO_CREDITS, '225.00', { head: '<CpyDplctInd>DUPL</CpyDplctInd>' });
    expect(await importFile(accountKey, copy)).toEqual({
      linesSeen: 2,
      linesNew: 0,
      depositsNew: 0,
      proofsFailed: 0,
    });
    expect(await depositsOf(accountKey)).toEqual([]);
  });

  it('refuses a file of another account, and keeps nothing of it', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, camt053(TWO_CREDITS, '225.00'));
    const before = await countMoves(test.db);
    const foreign = camt053([{ amount: '1.00' }], '101.00', { account: '62999999999' });
    await expect(importFile(accountKey, foreign)).rejects.toMatchObject({
      code: 'statement.account_mismatch',
    });
    expect(await countMoves(test.db)).toEqual(before);
    const statements = await test.owner`
      select 1 from statements s join statement_files f on f.id = s.file_id where f.bank_account_key = ${accountKey}`;
    expect(statements).toHaveLength(1);
    await verifyClean(test.db);
  });

  it('refuses a file in another currency than the account’s', async () => {
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set currency = 'USD' where key = ${accountKey}`;
    await expect(importFile(accountKey, camt053(TWO_CREDITS, '225.00'))).rejects.toMatchObject({
      code: 'statement.account_mismatch',
    });
    expect(await depositsOf(accountKey)).toEqual([]);
  });

  it.each([
    ['cut', (file: Uint8Array) => file.subarray(0, file.length - 20), 'statement.incomplete'],
    ['not a statement', () => Buffer.from('hello'), 'statement.unknown_format'],
    ['empty', () => Buffer.alloc(0), 'statement.incomplete'],
  ])('refuses a file that is %s, and keeps nothing of it', async (_, spoil, code) => {
    const accountKey = await anAccount(test.db);
    const before = await countMoves(test.db);
    await expect(
      importFile(accountKey, spoil(camt053(TWO_CREDITS, '225.00'))),
    ).rejects.toMatchObject({ code });
    expect(await countMoves(test.db)).toEqual(before);
  });

  it('reads a file of several megabytes piece by piece', async () => {
    const accountKey = await anAccount(test.db);
    const entries = Array.from({ length: 400 }, (_, index) => ({
      amount: '1.00',
      reference: `${index} ${'é'.repeat(3_000)}`,
    }));
    const file = camt053(entries, '500.00');
    expect(file.length).toBeGreaterThan(2_000_000);
    expect(await importFile(accountKey, file)).toMatchObject({ linesNew: 400 });
    await verifyClean(test.db);
  });

  it('imports a statement again that reaches back to a line booked weeks before it', async () => {
    const accountKey = await anAccount(test.db);
    const late = [...TWO_CREDITS, { amount: '5.00', reference: 'late', day: '2026-10-01' }];
    await importFile(accountKey, camt053(late, '230.00'));
    const again = await importFile(accountKey, camt053([...late].reverse(), '230.00'));
    expect(again).toMatchObject({ linesSeen: 3, linesNew: 0 });
    await verifyClean(test.db);
  });

  it('captures an entry with an id of thousands of characters', async () => {
    const accountKey = await anAccount(test.db);
    const id = Array.from({ length: 3_000 }, (_, index) => (index * 7_919).toString(36)).join('');
    const file = camt053([{ amount: '50.00', id }], '150.00');
    expect(await importFile(accountKey, file)).toMatchObject({ depositsNew: 1 });
    await verifyClean(test.db);
  });

  it('counts its lines in its run, and opens the run once over all attempts', async () => {
    const accountKey = await anAccount(test.db);
    const runId = newId('run');
    const file = camt053(TWO_CREDITS, '225.00');
    for (let attempt = 0; attempt < 2; attempt += 1) await importFile(accountKey, file, runId);
    const runs = await test.owner`
      select kind, lines_new, deposits_new from runs where bank_account_key = ${accountKey}`;
    expect([...runs]).toEqual([{ kind: 'import', lines_new: 2, deposits_new: 2 }]);
  });
});
