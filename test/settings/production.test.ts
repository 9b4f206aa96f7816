import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';

/** As an operator with TLS everywhere has it. */
const SAFE = {
  DEPLOYMENT: 'production',
  DATABASE_URL: 'postgres://purser_service:5f0c1e7a9b3d4862af10@db.example/purser',
  DATABASE_CA_FILE: '/etc/purser/ca.pem',
  TEMPORAL_ADDRESS: 'temporal.example:7233',
  TEMPORAL_TLS: 'on',
  API_KEY_PEPPER: 'b7d1a0c49e5f3826d7a1c0e94b5f6a8312cd',
  BANK_API_ENABLED: 'true',
  BANK_API_URL: 'https://api.bank.example/transactions',
  BANK_API_KEY: 'a-key-that-the-bank-made',
  BANK_ACCOUNT_ID: '62-1',
  BANK_WEBHOOK_SECRET: 'whsec_qk3Jx81vVt0mZ5rLw2YcB9nHs7DfPg4e',
};

/** The lines of the one message; none if the settings are taken. */
function faultsOf(change: Readonly<Record<string, string | undefined>> = {}): readonly string[] {
  try {
    loadConfig({ ...SAFE, ...change });
    return [];
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

describe('production', () => {
  it('takes settings that are safe', () => {
    expect(faultsOf()).toEqual([]);
  });

  it.each([
    ['http://api.bank.example/transactions', 'is not https'],
    ['https://localhost./x', 'BANK_ALLOW_LOOPBACK'],
    ['https://foo.localhost/x', 'BANK_ALLOW_LOOPBACK'],
    ['http://0.0.0.0/x', 'the unspecified address'],
    ['https://[::]/x', 'the unspecified address'],
    ['https://[::ffff:127.0.0.1]/x', 'BANK_ALLOW_LOOPBACK'],
    ['https://169.254.169.254/latest', 'a metadata service'],
    ['https://2130706433/x', 'BANK_ALLOW_LOOPBACK'],
  ])('refuses a bank at %s', (url, why) => {
    const [fault, ...others] = faultsOf({ BANK_API_URL: url });
    expect(fault).toMatch(/^BANK_API_URL: /);
    expect(fault).toContain(why);
    expect(others).toEqual([]);
  });

  it('takes a gateway on the same machine that the operator names', () => {
    const gateway = { BANK_API_URL: 'http://127.0.0.1:9443/x' };
    expect(faultsOf(gateway)).toHaveLength(1);
    expect(faultsOf({ ...gateway, BANK_ALLOW_LOOPBACK: 'true' })).toEqual([]);
  });

  it.each([
    ['a'.repeat(40), 'few different characters'],
    ['secretsecretsecretsecretsecretsecretsecret', 'few different characters'],
    ['correct-horse-battery-correct-horse-battery', 'repeats itself'],
    ['abcdefghijklmnopqrstuvwxyz0123456789', 'counts up'],
    ['this-is-my-very-own-api-pepper-2026', 'consists of words'],
    ['changeme-changeme-changeme-changeme', 'few different characters'],
    ['PleaseReplaceThisWithARealSecretValue', 'consists of words'],
  ])('refuses a pepper that can be guessed: %s', (pepper, why) => {
    const faults = faultsOf({ API_KEY_PEPPER: pepper });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^API_KEY_PEPPER: .*openssl rand/);
    expect(faults[0]).toContain(why);
    expect(faults[0]).not.toContain(pepper);
  });

  it('lets a worker run without the pepper, which only the API and api-key need', () => {
    expect(faultsOf({ API_KEY_PEPPER: '' })).toEqual([]);
  });

  it('takes random secrets of every usual alphabet', () => {
    const made = [
      'Zk9vQ2mX7bL4tR8wE1yU6pA3sD5fG0hJ',
      '0f9e8d7c6b5a49382716f5e4d3c2b1a0c9e1',
      'b0d8a3c2-5f6e-4a1b-9c7d-2e3f4a5b6c7d',
      'x7Qp/2kL+9mVbN4cR8tYwE1uI6oP3aSd5fGhJ0==',
    ];
    for (const API_KEY_PEPPER of made) expect(faultsOf({ API_KEY_PEPPER })).toEqual([]);
  });

  it('refuses one value in two settings', () => {
    expect(faultsOf({ BANK_API_KEY: SAFE.API_KEY_PEPPER })).toEqual([
      'BANK_API_KEY: has the same value as API_KEY_PEPPER: give each its own',
    ]);
    expect(faultsOf({ BANK_WEBHOOK_SECRET_NEXT: SAFE.BANK_WEBHOOK_SECRET })).toEqual([
      'BANK_WEBHOOK_SECRET_NEXT: has the same value as BANK_WEBHOOK_SECRET: give each its own',
    ]);
    expect(
      faultsOf({
        MIGRATION_DATABASE_URL: SAFE.DATABASE_URL.replace('purser_service', 'purser_owner'),
      }),
    ).toEqual(['MIGRATION_DATABASE_URL: has the same value as DATABASE_URL: give each its own']);
  });

  it('refuses a password of the database that can be guessed, wherever it stands', () => {
    const weak = [expect.stringMatching(/^DATABASE_URL: its password can be guessed/) as string];
    expect(
      faultsOf({ DATABASE_URL: 'postgres://purser_service:purser@db.example/purser' }),
    ).toEqual(weak);
    expect(
      faultsOf({
        DATABASE_URL: 'postgres://purser_service@db.example/purser',
        DATABASE_PASSWORD: 'purser',
      }),
    ).toEqual(weak);
  });

  it('refuses plain text to another machine, unless it is said by name', () => {
    const plain = { DATABASE_CA_FILE: undefined, TEMPORAL_TLS: undefined };
    expect(faultsOf(plain)).toEqual([
      expect.stringMatching(
        /^DATABASE_URL: .*DATABASE_TLS=verify-full.*DATABASE_TLS=off/,
      ) as string,
      expect.stringMatching(/^TEMPORAL_ADDRESS: .*TEMPORAL_TLS=on.*TEMPORAL_TLS=off/) as string,
    ]);
    expect(faultsOf({ ...plain, DATABASE_TLS: 'off', TEMPORAL_TLS: 'off' })).toEqual([]);
    for (const mode of ['allow', 'prefer'])
      expect(
        faultsOf({
          DATABASE_CA_FILE: undefined,
          DATABASE_URL: `${SAFE.DATABASE_URL}?sslmode=${mode}`,
        }),
      ).toHaveLength(1);
    expect(
      faultsOf({
        ...plain,
        DATABASE_URL: 'postgres://purser_service:5f0c1e7a9b3d4862af10@127.0.0.1/purser',
        TEMPORAL_ADDRESS: 'localhost:7233',
      }),
    ).toEqual([]);
  });

  it('refuses to trust every certificate', () => {
    expect(faultsOf({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED: /) as string,
    ]);
  });

  it.each([
    ['BANK_ACOUNT_KEY', 'did you mean BANK_ACCOUNT_KEY?'],
    ['POLL_INTERVAL_SECOND', 'did you mean POLL_INTERVAL_SECONDS?'],
    ['FOUR_EYE_ABOVE', 'did you mean FOUR_EYES_ABOVE?'],
    ['BANK_WEBHOK_SECRET', 'did you mean BANK_WEBHOOK_SECRET?'],
    ['API_KEY_PEPER', 'did you mean API_KEY_PEPPER?'],
    ['TEMPORAL_TLS_CERT', 'docs/settings.md'],
    ['DATABASE_SSLMODE', 'docs/settings.md'],
  ])('refuses a setting that does not exist: %s', (name, why) => {
    const faults = faultsOf({ [name]: 'x' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${name}: is no setting`);
    expect(faults[0]).toContain(why);
  });

  it('leaves alone what other programs and Kubernetes set, and secrets of further accounts', () => {
    expect(
      faultsOf({
        API_SERVICE_HOST: '10.0.0.1',
        API_SERVICE_PORT_HTTP: '8080',
        TEMPORAL_PORT_7233_TCP_ADDR: '10.0.0.2',
        BANK_TWO_API_KEY: 'x',
        BANK_TWO_API_KEY_HOST: 'gateway.example',
        BANK_TWO_WEBHOOK_SECRET_NEXT: 'x',
        BANK_TWO_WEBHOOK_SECRET_FILE: '/run/secrets/x',
        PATH: '/bin',
        POSTGRES_PASSWORD: 'x',
        AWS_REGION: 'af-south-1',
      }),
    ).toEqual([]);
  });

  it('reports all faults in one message, those of single settings as well', () => {
    const faults = faultsOf({
      API_PORT: 'eighty',
      BANK_ACOUNT_KEY: 'main',
    });
    expect(faults).toHaveLength(2);
    expect(
      faultsOf({
        API_KEY_PEPPER: 'a'.repeat(40),
        BANK_API_URL: 'http://169.254.169.254/',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        TEMPORAL_TLS: undefined,
        DATABASE_POOLSIZE: '3',
      }),
    ).toHaveLength(5);
  });
});

describe('a process whose deployment nobody stated', () => {
  it('asks for it beside servers on other machines', () => {
    expect(faultsOf({ DEPLOYMENT: undefined })).toEqual([
      expect.stringMatching(
        /^DEPLOYMENT: is not set, and DATABASE_URL and TEMPORAL_ADDRESS name another machine/,
      ) as string,
    ]);
    expect(faultsOf({ DEPLOYMENT: 'trial' })).toEqual([]);
    expect(loadConfig({ DATABASE_URL: 'postgres://u:p@localhost/db' }).DEPLOYMENT).toBe('trial');
  });
});

describe('settings of Temporal', () => {
  it('must not contradict each other', () => {
    expect(faultsOf({ TEMPORAL_TLS: 'off', TEMPORAL_TLS_CA_FILE: '/ca.pem' })).toEqual([
      'TEMPORAL_TLS: is off, and TEMPORAL_TLS_CA_FILE need it',
    ]);
    expect(faultsOf({ TEMPORAL_TLS_CERT_FILE: '/me.pem' })).toEqual([
      'TEMPORAL_TLS_KEY_FILE: is needed beside TEMPORAL_TLS_CERT_FILE',
    ]);
  });
});
