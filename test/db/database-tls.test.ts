import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { openDatabase } from '../../db/client.ts';
import { migrate } from '../../db/migrate.ts';
import { toCodedError } from '../../db/pg-errors.ts';
import { startPostgres, type EmbeddedPostgres } from '../../embedded/postgres.ts';
import { createAuthority, type Issued } from '../support/authority.ts';
import { waitFor } from '../support/wait-for.ts';

const authority = createAuthority();
const stranger = createAuthority('Another authority');

let folder: string;
let server: EmbeddedPostgres;
let admin: postgres.Sql;
let caFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-tls-'));
  await chmod(folder, 0o755);
  server = await startPostgres({ dataDir: folder, fast: true });
  admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  caFile = await keep('ca.pem', authority.certificate);
  await onServer('server-ca.pem', authority.certificate);
  await admin.unsafe(`ALTER SYSTEM SET ssl_ca_file = 'server-ca.pem'`);
  await present(authority.issue(['localhost', '127.0.0.1']));
});
afterAll(async () => {
  await admin.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function keep(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** The server writes the file itself, since its folder is closed to us, and as it wants its key: for it alone. */
async function onServer(file: string, text: string): Promise<void> {
  const rows = text.trimEnd().split('\n');
  await admin.unsafe(
    `COPY (VALUES ${rows.map((row) => `('${row}')`).join(', ')}) TO PROGRAM 'umask 077; cat > ${file}'`,
  );
}

let turn = 0;
/** Gives the server another certificate, and waits until it shows it. */
async function present({ certificate, key }: Issued): Promise<void> {
  turn += 1;
  const name = `server-${turn}`;
  await onServer(`${name}.crt`, certificate);
  await onServer(`${name}.key`, key);
  for (const [setting, value] of [
    ['ssl_cert_file', `${name}.crt`],
    ['ssl_key_file', `${name}.key`],
    ['ssl', 'on'],
  ] as const)
    await admin.unsafe(`ALTER SYSTEM SET ${setting} = '${value}'`);
  await admin`SELECT pg_reload_conf()`;
  await waitFor('the server has the certificate', async () => {
    const probe = postgres(server.url, { max: 1, ssl: 'require', onnotice: () => undefined });
    try {
      const [row] = await probe<
        { file: string }[]
      >`SELECT current_setting('ssl_cert_file') AS file`;
      return row?.file === `${name}.crt`;
    } catch {
      return false;
    } finally {
      await probe.end({ timeout: 1 });
    }
  });
}

/** The settings of an operator, as the processes read them. */
function urlWith(
  settings: Readonly<Record<string, string>>,
  query = '',
  host = 'localhost',
): string {
  const url = new URL(server.url);
  url.hostname = host;
  const config = loadConfig({ DATABASE_URL: `${url.href}${query}`, ...settings });
  return config.DATABASE_URL ?? '';
}

/** Whether the server itself says that the connection is encrypted. */
async function encryption(url: string): Promise<boolean | string> {
  const handle = openDatabase({ url, poolSize: 1, applicationName: 'purser-tls', as: 'owner' });
  try {
    const [row] = await handle.db.execute<{ ssl: boolean }>(
      sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
    );
    return row?.ssl ?? 'no row';
  } catch (error) {
    const coded = toCodedError(error);
    return coded === null ? String(error) : `${coded.code}: ${coded.message}`;
  } finally {
    await handle.close();
  }
}

describe('a connection to a PostgreSQL with TLS', () => {
  it('encrypts and verifies with the CA in DATABASE_CA_FILE', async () => {
    expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }))).toBe(true);
    expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }, '', '127.0.0.1'))).toBe(true);
  });

  it.each(['?sslmode=verify-full', '?sslmode=verify-ca', '?sslmode=require', '?ssl=true', ''])(
    'takes sslrootcert in the URL, as libpq does: %s',
    async (query) => {
      const more = `${query === '' ? '?' : `${query}&`}sslrootcert=${encodeURIComponent(caFile)}`;
      expect(await encryption(urlWith({}, more))).toBe(true);
    },
  );

  it('needs no CA for sslmode=require, which verifies nothing', async () => {
    expect(await encryption(urlWith({}, '?sslmode=require'))).toBe(true);
    expect(await encryption(urlWith({ DATABASE_TLS: 'require' }))).toBe(true);
  });

  it('stays plain only where that is said or nothing is', async () => {
    expect(await encryption(urlWith({ DATABASE_TLS: 'off' }))).toBe(false);
    expect(await encryption(urlWith({}, '?sslmode=disable'))).toBe(false);
    expect(await encryption(urlWith({}))).toBe(false);
  });

  it.each([[{ DATABASE_TLS: 'verify-full' }], [{ DATABASE_CA_FILE: 'the stranger' }]])(
    'refuses an authority that is not trusted: %j',
    async (settings) => {
      const file = await keep('stranger.pem', stranger.certificate);
      const given = 'DATABASE_CA_FILE' in settings ? { DATABASE_CA_FILE: file } : settings;
      expect(await encryption(urlWith(given))).toMatch(
        /^database\.tls_failed: .*authority that is not trusted.*DATABASE_CA_FILE/,
      );
    },
  );

  it('migrates over TLS, and names the fault as well', async () => {
    await migrate(urlWith({ DATABASE_CA_FILE: caFile }));
    await expect(migrate(urlWith({ DATABASE_TLS: 'verify-full' }))).rejects.toMatchObject({
      code: 'database.tls_failed',
      details: { fault: 'unknown_authority' },
    });
  });

  it('shows the client certificate that the server asks for', async () => {
    const [user] = await admin<{ name: string }[]>`SELECT current_user AS name`;
    const client = authority.issue([user?.name ?? '']);
    const settings = {
      DATABASE_CA_FILE: caFile,
      DATABASE_CERT_FILE: await keep('client.pem', client.certificate),
      DATABASE_KEY_FILE: await keep('client-key.pem', client.key),
    };
    await onServer(
      'asks_hba.conf',
      'hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-full',
    );
    const [was] = await admin<{ file: string }[]>`SELECT current_setting('hba_file') AS file`;
    await admin.unsafe(
      `COPY (VALUES ('')) TO PROGRAM 'cp "${was?.file ?? ''}" own_hba.conf && cp asks_hba.conf "${was?.file ?? ''}"'`,
    );
    await admin`SELECT pg_reload_conf()`;
    try {
      await waitFor('the server asks for a certificate', async () => {
        const said = await encryption(urlWith({ DATABASE_CA_FILE: caFile }));
        return String(said).startsWith('database.tls_failed');
      });
      expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }))).toMatch(
        /asks for one: check DATABASE_CERT_FILE/,
      );
      expect(await encryption(urlWith(settings))).toBe(true);
    } finally {
      await admin.unsafe(`COPY (VALUES ('')) TO PROGRAM 'cp own_hba.conf "${was?.file ?? ''}"'`);
      await admin`SELECT pg_reload_conf()`;
    }
  });

  it('refuses a certificate of another name, unless only the authority counts', async () => {
    await present(authority.issue(['db.example']));
    expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }))).toMatch(
      /^database\.tls_failed: .*another name.*DATABASE_URL/,
    );
    expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }, '', '127.0.0.1'))).toMatch(
      /another name/,
    );
    const ca = { DATABASE_CA_FILE: caFile, DATABASE_TLS: 'verify-ca' };
    expect(await encryption(urlWith(ca))).toBe(true);
  });

  it('refuses a certificate that has expired, or is not valid yet', async () => {
    await present(authority.issue(['localhost'], { from: -3, to: -1 }));
    expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }))).toMatch(/has expired/);
    await present(authority.issue(['localhost'], { from: 1, to: 3 }));
    expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }))).toMatch(/not valid yet/);
  });

  it('says that a server without TLS has none', async () => {
    await admin.unsafe(`ALTER SYSTEM SET ssl = 'off'`);
    await admin`SELECT pg_reload_conf()`;
    await waitFor('the server speaks no TLS', async () => {
      const said = await encryption(urlWith({ DATABASE_CA_FILE: caFile }));
      return said !== true && !String(said).includes('not valid yet');
    });
    expect(await encryption(urlWith({ DATABASE_CA_FILE: caFile }))).toMatch(
      /^database\.tls_failed: .*speaks no TLS.*DATABASE_TLS=off/,
    );
    expect(await encryption(urlWith({ DATABASE_TLS: 'require' }))).toMatch(/speaks no TLS/);
    expect(await encryption(urlWith({}, '?sslmode=prefer'))).toBe(false);
  });
});

describe('a connection URL', () => {
  const faultOf = (query: string, settings: Readonly<Record<string, string>> = {}) => {
    try {
      loadConfig({ DATABASE_URL: `postgres://u:p@localhost/db${query}`, ...settings });
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  it.each([
    ['?sslmode=verify', 'sslmode must be one of'],
    ['?ssl=maybe', 'ssl must be one of'],
    ['?ssl=true&sslmode=disable', 'contradict'],
    ['?sslmode=verify-ca', 'needs the file of a CA'],
    ['?sslrootcert=system&sslmode=require', 'needs sslmode=verify-full'],
    ['?sslmode=disable&sslrootcert=ca.pem', 'contradicts'],
    ['?sslcert=me.pem', 'both sslcert and sslkey'],
    ['?sslcrl=list.pem', 'sslcrl is not supported'],
    ['?channel_binding=require', 'channel_binding is not supported'],
  ])('must not say what nobody heeds: %s', (query, why) => {
    expect(faultOf(query)).toContain(why);
  });

  it('must not differ from a setting beside it', () => {
    expect(
      faultOf('?sslmode=require', { DATABASE_TLS: 'verify-full', DATABASE_CA_FILE: 'x' }),
    ).toContain('the URL says sslmode=require');
    expect(faultOf('', { DATABASE_PASSWORD: 'other' })).toContain(
      'DATABASE_PASSWORD: the URL has a password already',
    );
    const MIGRATION_DATABASE_URL = 'postgres://owner:own@localhost/db';
    expect(faultOf('', { MIGRATION_DATABASE_URL, MIGRATION_DATABASE_PASSWORD: 'other' })).toContain(
      'MIGRATION_DATABASE_URL: MIGRATION_DATABASE_PASSWORD: the URL has a password already',
    );
  });

  it('gets a password of any characters', () => {
    const { DATABASE_URL } = loadConfig({
      DATABASE_URL: 'postgres://u@localhost/db',
      DATABASE_PASSWORD: 'p@ss/:%?#é',
    });
    expect(decodeURIComponent(new URL(DATABASE_URL ?? '').password)).toBe('p@ss/:%?#é');
  });

  it('names a file that cannot be read', async () => {
    expect(
      await encryption(urlWith({ DATABASE_CA_FILE: '/nowhere/ca.pem' })).catch(String),
    ).toContain('cannot be read: /nowhere/ca.pem');
    const junk = await keep('junk.pem', 'no certificate');
    expect(await encryption(urlWith({ DATABASE_CA_FILE: junk })).catch(String)).toContain(
      'not in PEM',
    );
  });
});
