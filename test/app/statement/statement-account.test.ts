import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureStatement } from '../../../activities/capture-statement.ts';
import { forgetStatementNumber } from '../../../app/account/forget-number.ts';
import { storeStatementFile } from '../../../app/statement/store-file.ts';
import { SYSTEM_ACTOR } from '../../../db/queries/audit.ts';
import { newId } from '../../../db/new-id.ts';
import { anAccount, createTestDependencies } from '../../support/activities.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const DAY = { day: '2026-11-09' };
let accounts = 0;
let files = 0;

/** A number of its own for each test: the bank gives none to two accounts. */
function aNumber(): string {
  accounts += 1;
  return `6200${accounts}234567`;
}

/** A file of this account that no other test has handed in. */
function fileOf(account: string): Uint8Array {
  files += 1;
  return mt940([{ minor: 100 + files, text: 'CUS00000013' }], { ...DAY, account });
}

async function importFile(
  accountKey: string,
  body: Uint8Array,
  accountNumber: string | null = null,
) {
  const { fileId } = await storeStatementFile(test.db, {
    accountKey,
    format: null,
    profile: null,
    accountNumber,
    acceptsOpenEnd: false,
    by: SYSTEM_ACTOR,
    chunks: piecesOf(body),
  });
  const input = { accountKey, fileId, runId: newId('run') };
  return captureStatement(createTestDependencies(test.db), input);
}

async function* piecesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield body;
}

/** An account that an API serves under this id. */
async function anApiAccount(id: string, feed = 'json'): Promise<string> {
  const accountKey = await anAccount(test.db);
  await test.owner`update bank_accounts set feed = ${feed}, bank_account_id = ${id} where key = ${accountKey}`;
  return accountKey;
}

async function lastFile(accountKey: string) {
  const [row] = await test.owner`
    select state, error_code, error_where from statement_files where bank_account_key = ${accountKey}
     order by received_at desc, id desc limit 1`;
  return row;
}

describe('the first statement of an account', () => {
  it('refuses another number than the API’s, naming the last digits of both, and takes ours', async () => {
    const ours = aNumber();
    const accountKey = await anApiAccount(ours);
    await expect(importFile(accountKey, fileOf('62002222222'))).rejects.toMatchObject({
      code: 'statement.account_mismatch',
      message: expect.stringMatching(/ends in 2222.* ends in 4567/) as string,
    });
    expect(await importFile(accountKey, fileOf(`250655/${ours}`))).toMatchObject({ linesNew: 1 });
    await expect(importFile(accountKey, fileOf('62002222222'))).rejects.toMatchObject({
      code: 'statement.account_mismatch',
    });
  });

  it.each([
    ['the account has no API', () => anAccount(test.db)],
    ['the API has an id of its own', () => anApiAccount('ACC-1')],
    ['the API’s ids are long numbers', () => anApiAccount('62009999999', 'investec')],
  ])('waits for a person’s word where %s, and shows the number', async (_, make) => {
    const accountKey = await make();
    const ours = aNumber();
    const body = fileOf(ours);
    await expect(importFile(accountKey, body)).rejects.toMatchObject({
      code: 'statement.account_unconfirmed',
    });
    expect(await lastFile(accountKey)).toEqual({
      state: 'refused',
      error_code: 'statement.account_unconfirmed',
      error_where: `account number ${ours}`,
    });
    await expect(importFile(accountKey, body, '62002222222')).rejects.toMatchObject({
      code: 'statement.account_mismatch',
    });
    expect(await importFile(accountKey, body, ours.replace('6200', '62 00 '))).toMatchObject({
      linesNew: 1,
    });
    expect(await importFile(accountKey, fileOf(ours))).toMatchObject({ linesNew: 1 });
  });

  it('remembers the number that a person confirmed, not the hidden digits of the file', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, fileOf('****4567'), aNumber());
    await expect(importFile(accountKey, fileOf('99991234567'))).rejects.toMatchObject({
      code: 'statement.account_mismatch',
    });
    expect(await importFile(accountKey, fileOf('****4567'))).toMatchObject({ linesNew: 1 });
  });

  it('asks for the number again once a wrong one is forgotten, and lets another account have it', async () => {
    const [first, second] = [await anAccount(test.db), await anAccount(test.db)];
    const [wrong, right] = [aNumber(), aNumber()];
    await importFile(first, fileOf(wrong), wrong);
    const forget = () =>
      forgetStatementNumber(test.db, { name: first, by: SYSTEM_ACTOR, why: 'typed wrongly' });
    expect([await forget(), await forget()]).toEqual([true, false]);
    const audit = await test.owner`
      select why from audit_events where action = 'bank_account_number.removed' and subject_id = ${first}`;
    expect(audit).toMatchObject([{ why: 'typed wrongly' }]);
    await expect(importFile(first, fileOf(right))).rejects.toMatchObject({
      code: 'statement.account_unconfirmed',
    });
    expect(await importFile(first, fileOf(right), right)).toMatchObject({ linesNew: 1 });
    expect(await importFile(second, fileOf(wrong), wrong)).toMatchObject({ linesNew: 1 });
  });

  it('refuses with both names a file whose number belongs to another account of ours, whatever a person confirms', async () => {
    const [first, second, ours] = [await anAccount(test.db), await anAccount(test.db), aNumber()];
    await importFile(first, fileOf(ours), ours);
    for (const [spelling, given] of [
      [ours, null],
      [ours, ours],
      [`250655/${ours}`, ours],
      ['****4567', ours],
    ] as const)
      await expect(importFile(second, fileOf(spelling), given)).rejects.toMatchObject({
        code: 'statement.account_mismatch',
        message: expect.stringMatching(
          `ends in 4567, which is known here as ${first}, not ${second}`,
        ) as string,
      });
    const other = aNumber();
    expect(await importFile(second, fileOf(other), other)).toMatchObject({ linesNew: 1 });
    expect(await importFile(first, fileOf(ours))).toMatchObject({ linesNew: 1 });
  });
});
