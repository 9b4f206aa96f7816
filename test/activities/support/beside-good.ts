import { expect } from 'vitest';
import { anAccount, aWallet } from '../../support/activities.ts';
import type { TestDatabase } from '../../support/database.ts';
import { CODED } from './bank-rows.ts';
import { aShownBank, runOnce } from './polled-bank.ts';

export async function openCases(test: TestDatabase, accountKey: string) {
  return test.owner`
    select c.id::text as id, q.field, q.why, q.position, q.raw, q.day_from::text as day
      from line_cases c join quarantined_rows q on q.id = c.row_id
     where q.bank_account_key = ${accountKey} and c.closed_at is null order by c.id`;
}

export async function caseCount(test: TestDatabase, accountKey: string): Promise<number> {
  const rows = await test.owner`
    select 1 from line_cases c join quarantined_rows q on q.id = c.row_id where q.bank_account_key = ${accountKey}`;
  return rows.length;
}

export async function lineCount(test: TestDatabase, accountKey: string): Promise<number> {
  return (await test.owner`select 1 from lines where bank_account_key = ${accountKey}`).length;
}

export async function creditsOf(test: TestDatabase, walletId: string): Promise<string> {
  const [row] =
    await test.owner`select credits::text as credits from wallets where id = ${walletId}`;
  return String(row?.['credits']);
}

/** Reads a bad row beside a good one; the good one must be credited whatever the bad one is. */
export async function beside(test: TestDatabase, kind: keyof typeof CODED, bad: object) {
  const accountKey = await anAccount(test.db);
  const { code, walletId } = await aWallet(test.db);
  const bank = await aShownBank(kind);
  bank.rows = [CODED[kind](code), bad];
  const run = await runOnce(test, accountKey, bank);
  expect(run['error_code']).toBeNull();
  expect(await creditsOf(test, walletId)).toBe('1');
  const [account] = await test.owner`
    select last_complete_day::text as day from bank_accounts where key = ${accountKey}`;
  expect(account?.['day']).toBe('2026-11-19');
  return { accountKey, bank, run, cases: await openCases(test, accountKey) };
}
