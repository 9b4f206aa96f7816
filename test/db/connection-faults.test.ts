import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate, type SelfSigned } from '../support/certificate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runPurser } from '../support/purser.ts';
import { waitFor } from '../support/wait-for.ts';

/** A cold start of Node with the sources takes seconds where other work shares the machine. */
const COMMANDS_MS = 120_000;
const PEPPER = 'q7Rk2vX9mB4tY8wE1zN6cJ3hL5dS0gUf';
const STRANGER = { name: `purser_stranger_${process.pid}`, password: 'stranger' };

let migrated: TestDatabase;
let empty: TestDatabase;
let folder: string;
beforeAll(async () => {
  migrated = await createTestDatabase();
  empty = await createTestDatabase({ template: false });
  folder = await mkdtemp(join(tmpdir(), 'purser-faults-'));
  await migrated.owner.unsafe(
    `CREATE ROLE ${STRANGER.name} LOGIN NOINHERIT PASSWORD '${STRANGER.password}'`,
  );
});
afterAll(async () => {
  await migrated.owner.unsafe(`DROP ROLE ${STRANGER.name}`);
  await rm(folder, { recursive: true, force: true });
  await migrated.close();
  await empty.close();
});

/** What a person reads when a command fails; never a statement, a parameter or a stack. */
async function failureOf(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout, stderr } = await runPurser(args, {
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    PURSER_DATA_DIR: folder,
    API_KEY_PEPPER: PEPPER,
    DEPLOYMENT: 'trial',
    ...env,
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/Failed query|params:|\bselect\b|\binsert\b|ECONN|\n +at /i);
  return stderr;
}

function changed(address: string, change: (url: URL) => void): string {
  const url = new URL(address);
  change(url);
  return url.href;
}

describe('a command on a database that was never migrated', { timeout: COMMANDS_MS }, () => {
  it.each([
    [['status']],
    [['verify']],
    [['api-key', '--name', 'a-secret-name', '--scopes', 'status:read']],
  ])('tells the user to migrate it: purser %s', async (args) => {
    const said = await failureOf(args, { DATABASE_URL: empty.url });
    expect(said).toContain('[database.not_migrated, see docs/errors.md]');
    expect(said).toContain('run `purser migrate`');
    expect(said).not.toContain('a-secret-name');
  });
});

describe('a command without a database connection', { timeout: COMMANDS_MS }, () => {
  const of: readonly (readonly [string, string, string, () => string])[] = [
    [
      'a wrong password',
      'database.login_refused',
      'the password in DATABASE_URL',
      () => changed(migrated.url, (url) => (url.password = 'wrong')),
    ],
    [
      'an unknown login',
      'database.login_refused',
      'check the user',
      () => changed(migrated.url, (url) => (url.username = 'purser_nobody')),
    ],
    [
      'an unknown database',
      'database.not_found',
      'create the database',
      () => changed(migrated.url, (url) => (url.pathname = '/purser_nowhere')),
    ],
    [
      'a login that may not act as purser_app',
      'database.role_refused',
      'GRANT purser_app TO',
      () =>
        changed(migrated.url, (url) => {
          url.username = STRANGER.name;
          url.password = STRANGER.password;
        }),
    ],
    [
      'a setting that the server does not know',
      'config.invalid',
      'DATABASE_URL has a setting',
      () => `${migrated.url}?nonsense=1`,
    ],
    [
      'no server at that port',
      'database.unavailable',
      'check that it runs',
      () => changed(migrated.url, (url) => (url.port = '9')),
    ],
    [
      'a host name without an address',
      'database.unavailable',
      'check that it runs',
      () => changed(migrated.url, (url) => (url.hostname = 'nowhere.invalid')),
    ],
  ];

  it.each(of)('names %s as %s and says what to do', async (_, code, advice, url) => {
    const said = await failureOf(['status'], { DATABASE_URL: url() });
    expect(said).toContain(`[${code}, see docs/errors.md]`);
    expect(said).toContain(advice);
  });

  it('writes one JSON line with the code when it migrates in production', async () => {
    const line = await failureOf(['migrate'], {
      DEPLOYMENT: 'production',
      DATABASE_URL: changed(migrated.url, (url) => (url.password = 'wrong-4f1c9a0b7e2d')),
    });
    expect(JSON.parse(line)).toMatchObject({
      service: 'purser-migrate',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      code: 'database.login_refused',
      msg: expect.stringContaining('check the user and the password') as string,
    });
  });

  it.each(['worker', 'api'])(
    'writes one JSON line with the code when it is the %s service',
    async (name) => {
      const line = await failureOf([name], {
        DATABASE_URL: migrated.url,
        API_PORT: 'eighty',
        DEPLOYMENT: 'production',
      });
      expect(JSON.parse(line)).toMatchObject({ service: `purser-${name}`, code: 'config.invalid' });
    },
  );
});

describe('a command, on a server with a certificate,', { timeout: COMMANDS_MS }, () => {
  let certificate: SelfSigned;
  let authority: string;
  beforeAll(async () => {
    certificate = selfSignedCertificate('db.example');
    authority = join(folder, 'ca.pem');
    await writeFile(authority, certificate.certificate);
    await keepOnServer('purser-test.crt', certificate.certificate);
    await keepOnServer('purser-test.key', certificate.key);
    await setTls({ ssl_cert_file: 'purser-test.crt', ssl_key_file: 'purser-test.key', ssl: 'on' });
    await waitFor('the server speaks TLS', async () => (await ssl()) === 'on', 30_000);
  });
  afterAll(async () => {
    for (const name of ['ssl', 'ssl_cert_file', 'ssl_key_file'])
      await migrated.owner.unsafe(`ALTER SYSTEM RESET ${name}`);
    await migrated.owner`SELECT pg_reload_conf()`;
  });

  async function ssl(): Promise<string> {
    const [row] = await migrated.owner<{ ssl: string }[]>`SELECT current_setting('ssl') AS ssl`;
    return row?.ssl ?? '';
  }

  /** The server writes the file itself, since its folder may be closed to us, and as it wants its key: for it alone. */
  async function keepOnServer(file: string, pem: string): Promise<void> {
    const rows = pem.trimEnd().split('\n');
    await migrated.owner.unsafe(
      `COPY (VALUES ${rows.map((row) => `('${row}')`).join(', ')}) TO PROGRAM 'umask 077; cat > ${file}'`,
    );
  }

  async function setTls(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings))
      await migrated.owner.unsafe(`ALTER SYSTEM SET ${name} = '${value}'`);
    await migrated.owner`SELECT pg_reload_conf()`;
  }

  const verified = () => `${migrated.url}?sslmode=verify-full`;

  it('refuses a self-signed certificate', async () => {
    const said = await failureOf(['status'], { DATABASE_URL: verified() });
    expect(said).toContain('[database.tls_failed, see docs/errors.md]');
    expect(said).toContain('DATABASE_CA_FILE');
  });

  it('refuses a trusted certificate for another host', async () => {
    const said = await failureOf(['verify'], {
      DATABASE_URL: verified(),
      NODE_EXTRA_CA_CERTS: authority,
    });
    expect(said).toContain('[database.tls_failed, see docs/errors.md]');
  });
});
