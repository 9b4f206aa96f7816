import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { proveDay } from '../../../activities/prove-day.ts';
import { newId } from '../../../db/new-id.ts';
import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  createTestDependencies,
  poll,
  TODAY,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';
import { importStatement } from '../../support/statements.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const importFile = (accountKey: string, body: string | Uint8Array) =>
  importStatement(createTestDependencies(test.db), {
    accountKey,
    body: Buffer.from(body),
    runId: newId('run'),
  });

const prove = (accountKey: string) =>
  activityContext().run(() => proveDay(createTestDependencies(test.db), { accountKey }));

async function newestProof(accountKey: string) {
  const [row] = await test.owner`
    select p.day::text, p.moment, p.source, p.opening_on::text, p.opening_minor::int, p.bank_minor::int, p.ledger_minor::int,
           s.file_id is not null as names_file
      from day_proofs p left join statements s on s.id = p.statement_id
     where p.bank_account_key = ${accountKey} order by p.id desc limit 1`;
  return row;
}

const [D2, D1, D0] = [addDays(TODAY, -2), addDays(TODAY, -1), TODAY] as const;

/** FNB's history of these days from R1,000.00 on, newest first. */
function history(rows: readonly (readonly [LocalDate, number, string])[]): string {
  const decimal = (minor: number) => (minor / 100).toFixed(2);
  let balance = 100_000;
  const lines = rows.map(([day, minor, text]) => {
    balance += minor;
    return `${day.replaceAll('-', '/')}, ${decimal(minor)}, ${decimal(balance)}, ${text}`;
  });
  return [
    'ACCOUNT TRANSACTION HISTORY',
    '',
    'Account:, 62000000001, [Business Account]',
    '',
    'Date, Amount, Balance, Description',
    ...lines.reverse(),
    '',
  ].join('\n');
}

const ROWS = [
  [D2, 34_100, 'PAYSHAP CREDIT A'],
  [D1, -1_807, 'SERVICE FEE'],
  [D0, 34_200, 'APP PAYMENT B'],
  [D0, 500, 'APP PAYMENT C'],
] as const;

const seen = ([bookingDate, minor, reference]: readonly [LocalDate, number, string]) =>
  aSighting({
    bookingDate,
    amountMinor: BigInt(Math.abs(minor)),
    direction: minor < 0 ? 'debit' : 'credit',
    references: [reference],
    text: reference,
  });

const TODAY_IN_PART = { scope: { kind: 'partial' } } as const;

describe('the proof of the day by a file that ends within a day', () => {
  it('compares the closing balance after the last line of the file, and says so', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, history(ROWS));
    expect(await prove(accountKey)).toEqual({ outcome: 'ok', gateClosed: false });
    expect(await newestProof(accountKey)).toEqual({
      day: D0,
      moment: 'last_line',
      source: 'statement',
      opening_on: D2,
      opening_minor: 100_000,
      bank_minor: 166_993,
      ledger_minor: 166_993,
      names_file: true,
    });
  });

  it('counts no line that came after the file, nor one that the poll showed before it twice', async () => {
    const accountKey = await anAccount(test.db);
    const later = [D0, 9_900, 'AFTER THE EXPORT'] as const;
    await poll(test.db, accountKey, [...ROWS, later].map(seen), TODAY_IN_PART);
    await importFile(accountKey, history(ROWS));
    expect(await prove(accountKey)).toEqual({ outcome: 'ok', gateClosed: false });
  });

  it('differs by a line of a whole day that the file does not show', async () => {
    const accountKey = await anAccount(test.db);
    await poll(test.db, accountKey, [seen([D1, 7_700, 'NOBODY AT THE BANK'])], TODAY_IN_PART);
    await importFile(accountKey, history(ROWS));
    expect(await prove(accountKey)).toMatchObject({ outcome: 'differs' });
    expect(await newestProof(accountKey)).toMatchObject({ ledger_minor: 174_693 });
  });

  it('proves each of two exports of one day, the second with one line more', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, history(ROWS));
    await prove(accountKey);
    await importFile(accountKey, history([...ROWS, [D0, 100, 'ONE MORE']]));
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
    expect(await newestProof(accountKey)).toMatchObject({ bank_minor: 167_093 });
  });

  it('counts the same when the capture of the file is tried again', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, history(ROWS));
    await importFile(accountKey, history(ROWS));
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
  });

  it('compares a statement that closes on a day that is not over after its last line, not at its end', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'IN TIME' }], { day: D0 }));
    await poll(test.db, accountKey, [seen([D0, 4_400, 'IN THE EVENING'])], TODAY_IN_PART);
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
    expect(await newestProof(accountKey)).toMatchObject({ day: D0, moment: 'last_line' });
  });

  it('compares a statement of days that are over at the end of the last of them', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'IN TIME' }], { day: D1 }));
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
    expect(await newestProof(accountKey)).toMatchObject({ day: D1, moment: 'end_of_day' });
  });
});
