import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../config.ts';
import { writeAs } from '../../app/write-as.ts';
import type { Transaction } from '../../db/client.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import {
  addBankAccount,
  changeBankAccount,
  pauseBankAccount,
} from '../../db/queries/bank-accounts.ts';
import { isSecretName, type SecretKind } from '../../domain/secret-names.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { actAsKey, aPersonsKey, aServicesKey } from '../support/decisions.ts';
import { seedBankAccount } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
const KEY = 'fnb-main';

beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, KEY);
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

const NOT_ALLOWED = '42501';

const NAMES: readonly (readonly [string, SecretKind | null])[] = [
  ['BANK_API_KEY', 'api_key'],
  ['BANK_ABSA_API_KEY', 'api_key'],
  ['BANK_ABSA_2_API_KEY', 'api_key'],
  ['BANK_WEBHOOK_SECRET', 'webhook_secret'],
  ['BANK_ABSA_WEBHOOK_SECRET', 'webhook_secret'],
  ...[
    'API_KEY_PEPPER',
    'BANK_ACCOUNT_ID',
    'BANK_API_KEY_PEPPER',
    'BANK_WEBHOOK_SECRET_NEXT',
    'BANK_API_KEY_HOST',
    'DATABASE_URL',
    'TEMPORAL_API_KEY',
    'XBANK_API_KEY',
    'bank_api_key',
    'BANK_API_KEY\nDATABASE_URL',
    'DATABASE_URL\nBANK_API_KEY',
    '',
  ].map((name) => [name, null] as const),
];

describe('a bank account, about the secrets that it names,', () => {
  it.each(NAMES)('takes %j as a name of the kind %s only', async (name, kind) => {
    for (const [field, of, constraint] of [
      ['apiKeyEnv', 'api_key', 'bank_accounts_api_key_env_shape'],
      ['webhookSecretEnv', 'webhook_secret', 'bank_accounts_webhook_secret_env_shape'],
    ] as const) {
      const answer = await sqlStateOf(changeBankAccount(test.db, KEY, { [field]: name }));
      expect(answer, field).toBe(kind === of ? 'accepted' : `23514 ${constraint}`);
      expect(isSecretName(of, name)).toBe(kind === of);
      await changeBankAccount(test.db, KEY, { [field]: null });
    }
  });

  it('names no setting of a process but its own two secrets', () => {
    const named = Object.keys(configSchema.shape).filter(
      (name) => isSecretName('api_key', name) || isSecretName('webhook_secret', name),
    );
    expect(named.sort()).toEqual(['BANK_API_KEY', 'BANK_WEBHOOK_SECRET']);
  });
});

describe('the service login, about bank accounts,', () => {
  it.each([
    [
      `insert into bank_accounts (key, bank_name, currency, time_zone) values ('x', 'X', 'ZAR', 'UTC')`,
    ],
    [`update bank_accounts set api_url = 'https://elsewhere.example'`],
    [`update bank_accounts set api_key_env = 'BANK_API_KEY'`],
    [`update bank_accounts set mode = 'live', amount_limit_minor = null`],
    [`update bank_accounts set paused_at = null, paused_because = null`],
    [`delete from bank_accounts`],
    [`insert into bank_account_names (name, bank_account_key) values ('y', '${KEY}')`],
  ])('gets no plain statement through: %s', async (statement) => {
    expect(await sqlStateOf(test.db.execute(sql.raw(statement)))).toBe(NOT_ALLOWED);
  });

  it('changes only settings, and leaves who did it, when and why in the audit trail', async () => {
    const by = { actor: SYSTEM_ACTOR, why: 'the bank moved' };
    await writeAs(test.db, by, (tx) =>
      changeBankAccount(tx, KEY, { apiUrl: 'https://bank.example/new' }),
    );
    const [row] = await test.owner`
      select why, actor_kind, before ->> 'private' = after ->> 'private' as same, after::text like '%bank.example%' as told
        from audit_events
       where subject_kind = 'bank_account' and subject_id = ${KEY} order by id desc limit 1`;
    expect(row).toEqual({
      ...{ why: 'the bank moved', actor_kind: 'system' },
      // The trail holds a salted hash of the address.
      ...{ same: false, told: false },
    });
    for (const column of ['key', 'currency', 'opening_minor', 'created_at', 'paused_at'])
      expect(
        await sqlStateOf(
          test.db.execute(
            sql`select write_bank_account(${KEY}, ${`{"${column}": null}`}::jsonb, false)`,
          ),
        ),
        column,
      ).toBe('PU024');
    const unknownZone = changeBankAccount(test.db, KEY, { timeZone: 'Africa/Nowhere' });
    expect(await sqlStateOf(unknownZone)).toBe('22023');
  });

  it('writes under a person’s key only, with the scope for it, and under the key at work', async () => {
    const operator = await aPersonsKey(test.owner, 'thandi', ['account:operate']);
    const reader = await aPersonsKey(test.owner, 'sipho', ['account:read']);
    const under = (key: string, work: (tx: Transaction) => Promise<boolean>) =>
      sqlStateOf(
        test.db.transaction(async (tx) => {
          await actAsKey(tx, key);
          return work(tx);
        }),
      );
    const works = [
      (tx: Transaction) => changeBankAccount(tx, KEY, { bankName: 'Other bank' }),
      (tx: Transaction) => pauseBankAccount(tx, KEY, null),
    ];
    for (const work of works) {
      expect(await under(operator, work)).toBe('accepted');
      expect(await under(reader, work)).toBe('PU023');
      expect(await under(await aServicesKey(test.owner), work)).toBe('PU023');
    }
  });

  it('adds no account twice and changes none that is not there', async () => {
    const account = { bankName: 'Absa', currency: 'ZAR', timeZone: 'UTC' };
    expect(await addBankAccount(test.db, 'absa', account)).toBe(true);
    expect(await addBankAccount(test.db, 'absa', { ...account, bankName: 'Other' })).toBe(false);
    expect(await changeBankAccount(test.db, 'nobody', { bankName: 'X' })).toBe(false);
    const [row] = await test.owner`select bank_name, mode from bank_accounts where key = 'absa'`;
    expect(row).toEqual({ bank_name: 'Absa', mode: 'live' });
  });

  it('pauses and resumes an account once each', async () => {
    expect(await pauseBankAccount(test.db, KEY, 'the bank moves')).toBe(true);
    expect(await pauseBankAccount(test.db, KEY, 'again')).toBe(false);
    expect(await pauseBankAccount(test.db, KEY, null)).toBe(true);
    expect(await pauseBankAccount(test.db, KEY, null)).toBe(false);
  });
});
