import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { openDatabase, type Database } from '../../db/client.ts';
import { verify } from '../../db/queries/verify/verify.ts';
import type { TestPostgres } from './postgres-setup.ts';

/** A migrated database for one test file. */
export interface TestDatabase {
  /** For services: an ordinary login that may act as `purser_app`. */
  readonly url: string;
  /** For migrations, planted rows and damage: a superuser. */
  readonly ownerUrl: string;
  /** The view of a service: acts as `purser_app`. */
  readonly db: Database;
  /** The driver as superuser, outside every rule for the application. */
  readonly owner: postgres.Sql;
  close(): Promise<void>;
}

/** Clones the migrated template; close it in `afterAll`. `template: false` gives an empty database instead. */
export function createTestDatabase(
  options: { readonly poolSize?: number; readonly template?: boolean } = {},
): Promise<TestDatabase> {
  const template = options.template === false ? 'template1' : testPostgres().templateDatabase;
  return cloneDatabase(template, options.poolSize ?? 4);
}

/** A backup of a database, restored as another one. Ends every connection to the first, which opens new ones on demand. */
export async function copyTestDatabase(source: TestDatabase): Promise<TestDatabase> {
  const name = new URL(source.ownerUrl).pathname.slice(1);
  await onServer(
    testPostgres(),
    (admin) =>
      admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`,
  );
  return cloneDatabase(name, 4);
}

async function cloneDatabase(template: string, poolSize: number): Promise<TestDatabase> {
  const server = testPostgres();
  const name = `purser_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  await onServer(
    server,
    (admin) => admin`CREATE DATABASE ${admin(name)} TEMPLATE ${admin(template)}`,
  );
  const ownerUrl = urlOf(server, name);
  const url = urlOf(server, name, server.serviceLogin);
  const handle = openDatabase({
    url,
    poolSize,
    applicationName: 'purser-test',
    as: 'app',
    statementTimeoutMs: 300_000,
  });
  const owner = postgres(ownerUrl, {
    max: 4,
    onnotice: () => undefined,
    types: { bigint: postgres.BigInt },
  });
  return {
    url,
    ownerUrl,
    db: handle.db,
    owner,
    close: async () => {
      await Promise.all([handle.close(), owner.end({ timeout: 5 })]);
      await onServer(server, (admin) => admin`DROP DATABASE ${admin(name)} WITH (FORCE)`);
    },
  };
}

/**
 * Throws with the first broken row of each broken rule; call it after each test that moves money.
 * @param forged rules that the test broke on purpose
 */
export async function verifyClean(db: Database, forged: readonly string[] = []): Promise<void> {
  const report = await verify(db);
  const broken = report.checks.filter((check) => !check.ok && !forged.includes(check.id));
  if (broken.length === 0) return;
  throw new Error(
    `verify found ${broken.length} broken rules:\n${broken
      .map(({ id, title, firstBroken }) => `  ${id} ${title}: ${JSON.stringify(firstBroken)}`)
      .join('\n')}`,
  );
}

function testPostgres(): TestPostgres {
  const server = inject('testPostgres');
  if (server !== undefined) return server;
  throw new Error(
    'This test file stands in a project of vitest.config.ts that starts no Postgres.',
  );
}

async function onServer(
  server: TestPostgres,
  work: (admin: postgres.Sql) => PromiseLike<unknown>,
): Promise<void> {
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => undefined });
  try {
    await work(admin);
  } finally {
    await admin.end({ timeout: 5 });
  }
}

function urlOf(
  server: TestPostgres,
  database: string,
  login?: TestPostgres['serviceLogin'],
): string {
  const url = new URL(server.adminUrl);
  url.pathname = `/${database}`;
  if (login !== undefined) {
    url.username = login.name;
    url.password = login.password;
  }
  return url.href;
}
