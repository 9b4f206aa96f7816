import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRIAL_ADDRESSES } from '../../bank/http/address-rule.ts';
import {
  addBankAccount,
  changeBankAccount,
  pauseBankAccount,
} from '../../db/queries/bank-accounts.ts';
import { createPolledAccounts, type Environment } from '../../worker/bank-account-settings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
const KEY = 'absa-main';
beforeAll(async () => {
  test = await createTestDatabase();
  await addBankAccount(test.db, KEY, {
    ...{ bankName: 'Absa', currency: 'ZAR', timeZone: 'UTC', feed: 'json' },
    ...{ apiUrl: 'https://gateway.example/tx', bankAccountId: 'ACC-2' },
    apiKeyEnv: 'BANK_ABSA_API_KEY',
  });
});
afterAll(() => test.close());

const read = (env: Environment) => createPolledAccounts(test.db, env, TRIAL_ADDRESSES)(KEY);

const SECRETS = { BANK_ABSA_API_KEY: 'key', API_KEY_PEPPER: 'pepper' };

describe('a worker that is to read an account', () => {
  it('reads it with the key that its row names', async () => {
    expect(await read(SECRETS)).toMatchObject({ accountKey: KEY });
  });

  it('names the variable that is missing', async () => {
    await expect(read({ API_KEY_PEPPER: 'pepper' })).rejects.toMatchObject({
      code: 'account.not_found',
      message: expect.stringContaining('set BANK_ABSA_API_KEY') as string,
    });
  });

  it('sends the key to the host that the environment binds it to, and to no other', async () => {
    const bound = { ...SECRETS, BANK_ABSA_API_KEY_HOST: 'gateway.example' };
    expect(await read(bound)).toMatchObject({ accountKey: KEY });
    await changeBankAccount(test.db, KEY, { apiUrl: 'https://mallory.example/tx' });
    await expect(read(bound)).rejects.toMatchObject({
      code: 'account.setting_refused',
      message: expect.stringContaining('BANK_ABSA_API_KEY_HOST') as string,
    });
    await changeBankAccount(test.db, KEY, { apiUrl: 'https://gateway.example/tx' });
  });

  it('sends no other secret of its process, even where the table lost its rule', async () => {
    await test.owner`alter table bank_accounts drop constraint bank_accounts_api_key_env_shape`;
    await test.owner`update bank_accounts set api_key_env = 'API_KEY_PEPPER' where key = ${KEY}`;
    await expect(read(SECRETS)).rejects.toMatchObject({ code: 'account.setting_refused' });
    await test.owner`update bank_accounts set api_key_env = 'BANK_ABSA_API_KEY' where key = ${KEY}`;
  });

  it('reads nothing while a person pauses it', async () => {
    await pauseBankAccount(test.db, KEY, 'the bank moves');
    await expect(read(SECRETS)).rejects.toMatchObject({
      code: 'account.paused',
      message: expect.stringContaining('the bank moves') as string,
    });
  });
});
