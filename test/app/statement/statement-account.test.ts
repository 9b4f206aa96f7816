import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureStatement } from '../../../activities/capture-statement.ts';
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
const OURS = '62001234567';
let files = 0;

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
    const accountKey = await anApiAccount(OURS);
    await expect(importFile(accountKey, fileOf('62002222222'))).rejects.toMatchObject({
      code: 'statement.account_mismatch',
      message: expect.stringMatching(/ends in 2222.* ends in 4567/) as string,
    });
    expect(await importFile(accountKey, fileOf(`250655/${OURS}`))).toMatchObject({ linesNew: 1 });
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
    const body = fileOf(OURS);
    await expect(importFile(accountKey, body)).rejects.toMatchObject({
      code: 'statement.account_unconfirmed',
    });
    expect(await lastFile(accountKey)).toEqual({
      state: 'refused',
      error_code: 'statement.account_unconfirmed',
      error_where: `account number ${OURS}`,
    });
    await expect(importFile(accountKey, body, '62002222222')).rejects.toMatchObject({
      code: 'statement.account_mismatch',
    });
    expect(await importFile(accountKey, body, '6200 1234 567')).toMatchObject({ linesNew: 1 });
    expect(await importFile(accountKey, fileOf(OURS))).toMatchObject({ linesNew: 1 });
  });

  it('remembers the number that a person confirmed, not the hidden digits of the file', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, fileOf('****4567'), OURS);
    await expect(importFile(accountKey, fileOf('99991234567'))).rejects.toMatchObject({
      code: 'statement.account_mismatch',
    });
    expect(await importFile(accountKey, fileOf('****4567'))).toMatchObject({ linesNew: 1 });
  });
});
