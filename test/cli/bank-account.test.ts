import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { runPurser } from '../support/purser.ts';
import { ACCOUNT, startApi, type ApiUnderTest } from '../support/api-under-test.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

const purser = (...args: readonly string[]) =>
  runPurser(['bank-account', ...args], {
    ...{ DATABASE_URL: service.database.url, DEPLOYMENT: 'production' },
    ...{ TEMPORAL_ADDRESS: '127.0.0.1:9', API_KEY_PEPPER: 'q8Zr2LmXw5TnVc7KbPd4HsJf9GyAe3Ru' },
  });

const FEED = [
  ...['--feed', 'json', '--api-url', 'https://gateway.example/tx', '--bank-account-id', 'ACC-9'],
  ...['--api-key-env', 'BANK_ABSA_API_KEY'],
];

describe('purser bank-account', () => {
  it('adds, shows, changes and lists accounts, and says which secrets are missing here', async () => {
    const added = await purser('add', 'absa', '--reason', 'new', '--bank-name', 'Absa', ...FEED);
    expect([added.code, added.stderr]).toEqual([
      0,
      'Warning: BANK_ABSA_API_KEY is not set here: set it for every worker, and restart them.\n',
    ]);
    const changed = await purser(
      ...['change', 'absa', '--reason', 'care', '--amount-limit-minor', '500000'],
      ...['--mode', 'shadow', '--json'],
    );
    expect(JSON.parse(changed.stdout)).toMatchObject({
      ...{ key: 'absa', mode: 'shadow', amountLimitMinor: '500000', state: 'read' },
    });
    await purser('change', 'absa', '--reason', 'enough', '--amount-limit-minor', 'none');
    expect((await purser('show', 'absa', '--json')).stdout).toContain('"amountLimitMinor": null');
    const list = await purser('list');
    expect(list.stdout).toContain('absa   Absa   ZAR   is read\n  json https://gateway.example/tx');
    expect(list.stdout).toContain(`${ACCOUNT}   Test bank   ZAR   is not read`);
    const [row] = await service.database.owner`
      select actor_kind, why from audit_events where subject_id = 'absa' and action = 'bank_account.added'`;
    expect(row).toEqual({ actor_kind: 'system', why: 'new' });
  });

  it.each([
    [['--feed', 'swift'], /--feed: .*"json"/],
    [['--time-zone', 'Africa/Nowhere'], /timeZone: is not a time zone name/],
    [['--currency', 'rand'], /currency: is not a code such as ZAR/],
    [['--api-url', 'http://169.254.169.254/latest'], /apiUrl: is a metadata service/],
    [['--api-url', 'https://localhost./x'], /apiUrl: is this machine/],
    [['--api-url', 'http://gateway.example'], /apiUrl: is not https/],
    [['--api-url', 'https://me:secret@gateway.example'], /apiUrl: holds a password/],
    [['--api-key-env', 'API_KEY_PEPPER'], /apiKeyEnv: must be BANK_API_KEY or BANK_<NAME>_API_KEY/],
    [['--webhook-secret-env', 'BANK_ACCOUNT_ID'], /webhookSecretEnv: must be BANK_WEBHOOK_SECRET/],
    [['--bank-account-id', 'ACC-1'], /ACC-1 is known here as fnb-main/],
    [['--feed', 'json'], /apiUrl: is needed with a feed; bankAccountId: is needed with a feed/],
    [['--field-map', 'nobank'], /fieldMap: .*standard-bank/],
  ])('refuses %j by name', async (options, message) => {
    const refused = await purser(
      ...['add', 'other', '--bank-name', 'Other', '--reason', 'x', ...options],
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr).not.toContain('secret@');
  });

  it('refuses a key that another account has, and keys that are none', async () => {
    const twice = await purser('add', ACCOUNT, '--bank-name', 'X', '--reason', 'x');
    expect(twice.stderr).toContain('account.name_taken');
    const odd = await purser('add', 'All Of Them', '--bank-name', 'X', '--reason', 'x');
    expect(odd.stderr).toContain('up to 40 small letters');
    expect((await purser('pause', 'nobody', '--reason', 'x')).stderr).toContain(
      'account.not_found',
    );
  });

  it('refuses a change that names no setting', async () => {
    const refused = await purser('change', ACCOUNT, '--reason', 'x');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('Name a setting to change'),
    ]);
  });
});
