import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importForgotten } from '../../activities/sweep-deposits.ts';
import { newId } from '../../db/new-id.ts';
import {
  activityContext,
  anAccount,
  createTestDependencies,
  type TestDependencies,
} from '../support/activities.ts';
import { camt053 } from '../support/camt.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { importStatement, storeFile } from '../support/statements.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase();
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

const sweep = (olderThanMs: number) =>
  activityContext().run((input: { olderThanMs: number }) => importForgotten(dependencies, input), {
    olderThanMs,
  });

describe('the sweep', () => {
  it('imports a stored file once it is old enough, after Temporal was unreachable', async () => {
    const accountKey = await anAccount(test.db);
    const fileId = await storeFile(test.db, accountKey, camt053([{ amount: '1.00' }], '101.00'));
    expect(await sweep(60_000)).toMatchObject({ imported: 0 });
    expect(await sweep(0)).toMatchObject({ imported: 1 });
    expect(dependencies.imported).toEqual([fileId]);
  });

  it('leaves alone a captured or refused file, and a file that waits until a person releases it', async () => {
    const accountKey = await anAccount(test.db);
    const runId = newId('run');
    await importStatement(dependencies, {
      accountKey,
      body: camt053([{ amount: '1.00' }], '101.00'),
      runId,
    });
    await importStatement(dependencies, {
      accountKey,
      body: camt053([{ amount: '1.00' }], '999.00'),
      runId,
    });
    const before = dependencies.imported.length;
    await sweep(0);
    const isOurs = async () => {
      const ids = dependencies.imported.slice(before);
      const rows = await test.owner`
        select state from statement_files where bank_account_key = ${accountKey} and id = any(${ids})`;
      return rows.map((row): unknown => row['state']);
    };
    expect(await isOurs()).toEqual([]);
    await test.owner`
      insert into api_keys (id, secret_hash, name, owner_kind, person, caller, scopes)
      values ('releaser', 'x', 'key', 'person', 'releaser', 'releaser', '{}')`;
    await test.owner`
      update statement_files set released_at = now() - interval '1 second', released_by = 'releaser', release_reason = 'checked'
       where bank_account_key = ${accountKey} and state = 'held'`;
    await sweep(0);
    expect(await isOurs()).toEqual(['held']);
  });
});
