import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renameAccount } from '../../app/account/rename-account.ts';
import { loadConfig } from '../../config.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { findAccountName } from '../../db/queries/bank-account-names.ts';
import { toCodedError } from '../../db/pg-errors.ts';
import { upsertConfiguredAccount } from '../../worker/bank-account-settings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedBankAccount } from '../support/ledger.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

/** What the worker does with its settings when it starts. */
function start(key: string, id: string, more: Readonly<Record<string, string>> = {}) {
  const config = loadConfig({
    BANK_API_ENABLED: 'true',
    BANK_API_URL: 'http://127.0.0.1:1/tx',
    BANK_API_KEY: 'key',
    BANK_ACCOUNT_KEY: key,
    BANK_ACCOUNT_ID: id,
    ...more,
  });
  return upsertConfiguredAccount(test.db, config);
}

const rename = (from: string, to: string) =>
  renameAccount(test.db, { from, to, by: SYSTEM_ACTOR, why: 'a test' });

const keys = async () => {
  const rows = await test.owner<{ key: string }[]>`select key from bank_accounts order by key`;
  return rows.map(({ key }) => key);
};

describe('the worker’s start, about the bank’s account,', () => {
  it('refuses a second key for an id that is known, with both names and what to do', async () => {
    await start('fnb-main', 'ACC1');
    await expect(start('fnb-new', 'ACC1')).rejects.toMatchObject({
      code: 'account.known',
      message:
        "The bank's account ACC1 is known here as fnb-main, and BANK_ACCOUNT_KEY is fnb-new: " +
        'set BANK_ACCOUNT_KEY=fnb-main. To rename the account, then run `purser bank-account rename fnb-main fnb-new`.',
    });
    expect(await keys()).toEqual(['fnb-main']);
    await start('fnb-main', 'ACC1');
  });

  it('refuses it by another spelling of the number, under another bank name and through another API', async () => {
    await start('absa-main', '4051234567');
    const more = { BANK_NAME: 'other', BANK_FEED: 'berlin-group', BANK_API_KEY: 'a:b' };
    for (const spelling of ['40-5123-4567', '0004051234567', '632005/4051234567'])
      await expect(start('absa-new', spelling, more)).rejects.toMatchObject({
        code: 'account.known',
      });
  });

  it('refuses an id that the account had before the bank issued a new one', async () => {
    await start('city', 'OLD-ID');
    await start('city', 'NEW-ID');
    for (const id of ['OLD-ID', 'NEW-ID'])
      await expect(start('city-two', id)).rejects.toMatchObject({ code: 'account.known' });
    await start('city', 'OLD-ID');
  });

  it('refuses the number that another account’s statements name', async () => {
    await seedBankAccount(test.db, 'files-only');
    await test.owner`update bank_accounts set statement_account = '62009876543' where key = 'files-only'`;
    await expect(start('files-api', '62009876543')).rejects.toMatchObject({
      code: 'account.known',
      message: expect.stringContaining('known here as files-only') as string,
    });
  });

  it('takes two accounts of one bank, and a number that two currencies share', async () => {
    await start('std-one', '10001111');
    await start('std-two', '10001112');
    await test.owner`
      insert into bank_accounts (key, bank_name, currency, time_zone, bank_account_id)
      values ('std-usd', 'bank', 'USD', 'UTC', '10001111')`;
    expect(await keys()).toEqual(expect.arrayContaining(['std-one', 'std-two', 'std-usd']));
  });
});

describe('the name of a bank account', () => {
  it('leads to the account that had the old one, and both keep working', async () => {
    await start('ned', 'NED-1');
    expect(await rename('ned', 'ned-business')).toBe('ned');
    await start('ned-business', 'NED-1');
    await start('ned', 'NED-1');
    expect((await keys()).filter((key) => key.startsWith('ned'))).toEqual(['ned']);
    expect(await findAccountName(test.db, 'ned')).toBe('ned-business');
    await expect(start('third', 'NED-1')).rejects.toMatchObject({
      message: expect.stringContaining('known here as ned-business') as string,
    });
    const audit = await test.owner`
      select actor_kind, why, after from audit_events
       where action = 'bank_account_name.added' and subject_id = 'ned-business'`;
    expect(audit).toMatchObject([{ actor_kind: 'system', why: 'a test' }]);
  });

  it('never belongs to two accounts, whichever came first', async () => {
    await start('one', 'ONE-1');
    await start('two', 'TWO-1');
    await expect(rename('one', 'two')).rejects.toMatchObject({ code: 'account.name_taken' });
    await rename('one', 'uno');
    await expect(rename('two', 'uno')).rejects.toMatchObject({ code: 'account.name_taken' });
    await expect(rename('none', 'dos')).rejects.toMatchObject({ code: 'account.not_found' });
    await expect(rename('one', 'all')).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(start('uno', 'TWO-1')).rejects.toMatchObject({ code: 'account.known' });
  });
});

describe('the database, about the bank’s account,', () => {
  it('refuses an id or a name of another account even where an operator writes the rows', async () => {
    await start('db-one', 'DB-1');
    const add = (key: string, id: string) =>
      test.owner`
        insert into bank_accounts (key, bank_name, currency, time_zone, bank_account_id)
        values (${key}, 'bank', 'ZAR', 'UTC', ${id})`.then(
        () => 'accepted',
        (error: unknown) => toCodedError(error)?.code,
      );
    expect(await add('db-two', 'DB-1')).toBe('account.known');
    await rename('db-one', 'db-three');
    expect(await add('db-three', 'DB-3')).toBe('account.name_taken');
    expect(await add('db-four', 'DB-4')).toBe('accepted');
  });
});
