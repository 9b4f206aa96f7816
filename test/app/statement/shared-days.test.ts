import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../db/new-id.ts';
import { anAccount, createTestDependencies } from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';
import { importStatement } from '../../support/statements.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const importFile = (accountKey: string, body: Uint8Array) =>
  importStatement(createTestDependencies(test.db), { accountKey, body, runId: newId('run') });

const DAY = '2026-11-09';
const payment = (minor: number, text: string) => ({ minor, text });

async function linesOf(accountKey: string) {
  const rows = await test.owner`
    select l.amount_minor::int as minor, d.hold_reason as hold from lines l join deposits d on d.line_id = l.id
     where l.bank_account_key = ${accountKey} order by l.id`;
  return rows.map(({ minor, hold }) => [minor, hold] as unknown);
}

describe('a day that the bank closes twice', () => {
  const first = mt940([payment(5_000, 'CUS20000019')], { day: DAY, id: 'A', opening: 10_000 });
  const second = mt940([payment(5_000, 'CUS20000019'), payment(5_000, 'CUS20000027')], {
    day: DAY,
    id: 'B',
    opening: 15_000,
  });
  const third = mt940([payment(5_000, 'CUS20000019')], { day: DAY, id: 'C', opening: 25_000 });

  it.each([
    ['in order', [first, second, third]],
    ['the last one first', [third, second, first]],
  ])('brings the lines of each of its statements, equal ones too: %s', async (_, files) => {
    const accountKey = await anAccount(test.db);
    for (const file of files) await importFile(accountKey, file);
    expect(await linesOf(accountKey)).toEqual(Array(4).fill([5_000, null]));
  });

  it('brings nothing more when a statement of it comes again in another file', async () => {
    const accountKey = await anAccount(test.db);
    for (const file of [first, second]) await importFile(accountKey, file);
    for (const [id, rows, opening] of [
      ['A2', [payment(5_000, 'CUS20000019')], 10_000],
      ['B2', [payment(5_000, 'CUS20000019'), payment(5_000, 'CUS20000027')], 15_000],
    ] as const)
      await importFile(accountKey, mt940([...rows], { day: DAY, id, opening }));
    expect(await linesOf(accountKey)).toHaveLength(3);
  });

  it('brings an equal payment of a CSV whose balances continue the one before', async () => {
    const accountKey = await anAccount(test.db);
    const csv = (...rows: readonly (readonly [day: string, rand: number, balance: number])[]) =>
      Buffer.from(
        [
          'Date,Day,Time,Type,Description 1,Description 2,Fee,Amount,Balance,Has Attachments',
          ...rows.map(
            ([day, rand, balance]) =>
              `${day},Mon,09:00,EFT,PAYMENT,CUS20000019,,${rand}.00,${balance}.00,No`,
          ),
          '',
        ].join('\n'),
      );
    await importFile(accountKey, csv(['2026-11-08', 10, 1_010], [DAY, 50, 1_060]));
    await importFile(accountKey, csv([DAY, 50, 1_110], [DAY, 7, 1_117]));
    expect(await linesOf(accountKey)).toEqual(
      [1_000, 5_000, 5_000, 700].map((minor) => [minor, null]),
    );
  });
});
