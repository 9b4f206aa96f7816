import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAccount } from '../support/activities.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { mt940 } from '../support/mt940.ts';
import { startPurser } from '../support/purser.ts';

let test: TestDatabase;
let folder: string;
beforeAll(async () => {
  test = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'purser-import-'));
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

async function importInto(account: string, ...more: readonly string[]) {
  const file = join(folder, 'statement.sta');
  await writeFile(file, mt940([{ minor: 100, text: 'CUS00000013' }], { day: '2026-11-09' }));
  const env = { DATABASE_URL: test.url, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const child = startPurser(['import', file, '--account', account, ...more], env);
  return { code: await child.exit, ...child.output };
}

describe('purser import, where the account number is refused,', () => {
  it('exits 2 and shows the number that a person must confirm', async () => {
    const accountKey = await anAccount(test.db);
    const { code, stdout } = await importInto(accountKey);
    expect({ code, stdout }).toEqual({
      code: 2,
      stdout: 'Account number in the file: 62000000001\n',
    });
  });

  it('exits 2 on a wrong number, and 1 on an account that does not exist', async () => {
    const accountKey = await anAccount(test.db);
    const wrong = await importInto(accountKey, '--account-number', '62009999999');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('ends in 0001');
    const unknown = await importInto('nobody');
    expect(unknown.code).toBe(1);
    expect(await test.owner`select 1 from statement_files`).toHaveLength(0);
  });
});
