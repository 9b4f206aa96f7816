import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import postgres from 'postgres';
import { CodedError } from '../domain/errors.ts';
import { toCodedError } from './pg-errors.ts';

/** One numbered file of SQL. */
interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

interface AppliedMigration {
  readonly name: string;
  readonly sha256: string;
}

export interface MigrateOptions {
  /** Where the numbered files are; without it, those beside this module, in sources and in `dist/` alike. */
  readonly folder?: URL;
  /** How long to wait for another migrator, or for a lock on a table. */
  readonly lockTimeoutMs?: number;
}

const FOLDER = new URL('./migrations/', import.meta.url);
const FILE_NAME = /^([0-9]{4})_[a-z0-9_]+\.sql$/;
/** Older servers let every login create tables in schema public, where ours are. */
const SERVER_VERSION_MIN = 150_000;
/** Names our advisory lock among those of other software in the same database. */
const LOCK_KEY = 7_805_296_118_540;

/**
 * Brings a database up to this version. Any number may run at once: each file is applied once, in a transaction of its
 * own, under one advisory lock that every transaction takes anew, so a lost connection never leaves it behind.
 * @returns the names that this call applied, in order.
 * @throws CodedError `migration.failed`, with nothing of the failed file applied; `database.unavailable`.
 */
export async function migrate(
  url: string,
  options: MigrateOptions = {},
): Promise<{ readonly applied: readonly string[] }> {
  const migrations = await readMigrations(options.folder ?? FOLDER);
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: {
      application_name: 'purser-migrate',
      statement_timeout: 0,
      lock_timeout: options.lockTimeoutMs ?? 60_000,
    },
  });
  try {
    await checkServerVersion(client);
    const applied: string[] = [];
    for (;;) {
      const name = await applyNext(client, migrations);
      if (name === null) return { applied };
      applied.push(name);
    }
  } catch (error) {
    throw toMigrationError(error);
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** @throws CodedError `migration.failed` where the server is older than the schema needs. */
export function requireServerVersion(versionNumber: number): void {
  if (versionNumber >= SERVER_VERSION_MIN) return;
  const found = `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`;
  throw new CodedError(
    'migration.failed',
    `PostgreSQL 15 or newer is needed, found ${found}: point DATABASE_URL at a newer server.`,
    { details: { found } },
  );
}

async function checkServerVersion(client: postgres.Sql): Promise<void> {
  const [row] = await client<{ number: number }[]>`
    SELECT current_setting('server_version_num')::int AS number`;
  requireServerVersion(row?.number ?? 0);
}

/** Applies the first file that the database lacks; null when it lacks none. */
async function applyNext(
  client: postgres.Sql,
  migrations: readonly Migration[],
): Promise<string | null> {
  return client.begin(async (transaction) => {
    await transaction`SELECT pg_advisory_xact_lock(${LOCK_KEY})`;
    await transaction`
      CREATE TABLE IF NOT EXISTS purser_migrations (
        name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`;
    const applied = await transaction<AppliedMigration[]>`
      SELECT name, sha256 FROM purser_migrations ORDER BY name`;
    const next = nextMigration(migrations, applied);
    if (next === null) return null;
    await runFile(transaction, next);
    await transaction`
      INSERT INTO purser_migrations (name, sha256) VALUES (${next.name}, ${next.sha256})`;
    return next.name;
  });
}

/** The applied files must be the first ones on disk, unchanged; then the next one follows, if there is one. */
function nextMigration(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration | null {
  applied.forEach((row, index) => {
    const file = migrations[index];
    if (file === undefined) {
      throw refused(row.name, 'was applied by a newer version of Purser: run that version.');
    }
    if (file.name < row.name) {
      throw refused(
        file.name,
        `was never applied, but the later ${row.name} was: restore the order.`,
      );
    }
    if (file.name > row.name) {
      throw refused(row.name, 'was applied, but its file is gone: put it back.');
    }
    if (file.sha256 !== row.sha256) {
      throw refused(row.name, 'was changed after it was applied: undo that and add a new file.');
    }
  });
  return migrations[applied.length] ?? null;
}

async function runFile(transaction: postgres.TransactionSql, migration: Migration): Promise<void> {
  try {
    await transaction.unsafe(migration.sql);
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    // A migration holds no customer's data, so the server's own words may be shown; its DETAIL quotes rows and may not.
    throw new CodedError(
      'migration.failed',
      `Migration ${migration.name} failed and left no trace: ${error.message} (SQLSTATE ${error.code}).`,
      { details: { migration: migration.name, sqlstate: error.code } },
    );
  }
}

async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  names.forEach((name, index) => {
    const number = FILE_NAME.exec(name)?.[1];
    if (number === undefined || Number.parseInt(number, 10) !== index + 1) {
      throw refused(
        name,
        `stands where number ${index + 1} belongs: number the files without gaps.`,
      );
    }
  });
  if (names.length === 0) throw refused('0001', 'is missing: no migration file was found.');
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may write CRLF, which is no change of the migration.
      const sql = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function refused(name: string, why: string): CodedError {
  return new CodedError('migration.failed', `Migration ${name} ${why}`, {
    details: { migration: name },
  });
}

function toMigrationError(error: unknown): unknown {
  const known = toCodedError(error);
  if (known?.code !== 'database.conflict') return known ?? error;
  return new CodedError(
    'migration.failed',
    'Another migrator held the lock for too long: wait until it is done, then run this one again.',
    { details: known.details },
  );
}
