import postgres from 'postgres';
import { CodedError } from '../domain/errors.ts';
import { connectionAddress } from './connection-address.ts';
import { toCodedError } from './pg-errors.ts';
import { readSchemaFiles, refused, type SchemaFiles, type SqlFile } from './schema-files.ts';

export interface MigrateOptions {
  /**
   * The folder of `baseline/`, `functions/` and `migrations/`. Default: the folder of this module, in sources and in
   * `dist/`.
   */
  readonly folder?: URL;
  /** The longest wait for another migrator, or for a lock on a table. */
  readonly lockTimeoutMs?: number;
}

/** The files that a database records as applied: hashes by name. */
type Applied = ReadonlyMap<string, string>;

const FOLDER = new URL('./', import.meta.url);
const BASELINE = 'baseline';
const FUNCTION_PREFIX = 'functions/';
/** Older servers let every login create tables in schema public, which holds ours. */
const SERVER_VERSION_MIN = 150_000;
/** Names our advisory lock among those of other software in the same database. */
const LOCK_KEY = 7_805_296_118_540;

/**
 * Migrates a database to this version: the baseline on an empty one, then the numbered files that it lacks, then the
 * functions whose text changed. Any number of migrators may run at once: each step runs once, in its own transaction.
 * Every transaction takes the same advisory lock, so a lost connection never leaves it behind.
 * @returns the names that this call applied, in order.
 * @throws CodedError `migration.failed`, with nothing of the failed step applied; `migration.other_baseline`;
 *   `database.unavailable`.
 */
export async function migrate(
  url: string,
  options: MigrateOptions = {},
): Promise<{ readonly applied: readonly string[] }> {
  const files = await readSchemaFiles(options.folder ?? FOLDER);
  const address = connectionAddress(url);
  const client = postgres(address.url, {
    ssl: address.ssl,
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
      const names = await applyNext(client, files);
      if (names.length === 0) return { applied };
      applied.push(...names);
    }
  } catch (error) {
    throw toMigrationError(error);
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** @throws CodedError `migration.failed` if the server is older than the schema needs. */
export function requireServerVersion(versionNumber: number): void {
  if (versionNumber >= SERVER_VERSION_MIN) return;
  const found = `${Math.floor(versionNumber / 10_000)}.${versionNumber % 10_000}`;
  throw new CodedError(
    'migration.failed',
    `Purser needs PostgreSQL 15 or newer, found ${found}: point DATABASE_URL at a newer server.`,
    { details: { found } },
  );
}

async function checkServerVersion(client: postgres.Sql): Promise<void> {
  const [row] = await client<{ number: number }[]>`
    SELECT current_setting('server_version_num')::int AS number`;
  requireServerVersion(row?.number ?? 0);
}

/** Applies the first step that the database lacks, and answers the names applied: none if it lacks nothing. */
async function applyNext(client: postgres.Sql, files: SchemaFiles): Promise<readonly string[]> {
  return client.begin(async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(${LOCK_KEY})`;
    const applied = await readApplied(tx);
    if (applied === null) return applyBaseline(tx, files);
    requireBaseline(files, applied);
    const [next, ...later] = pendingMigrations(files, applied);
    if (next !== undefined) return applyMigration(tx, files, applied, next, later.length === 0);
    return applyFunctions(
      tx,
      files,
      files.functions.filter(({ name, sha256 }) => applied.get(name) !== sha256),
    );
  });
}

/** Null for a database that has no record yet. */
async function readApplied(tx: postgres.TransactionSql): Promise<Applied | null> {
  const [table] = await tx<{ found: boolean }[]>`
    SELECT to_regclass('purser_migrations') IS NOT NULL AS found`;
  if (table?.found !== true) return null;
  const rows = await tx<{ name: string; sha256: string }[]>`
    SELECT name, sha256 FROM purser_migrations`;
  return new Map(rows.map(({ name, sha256 }) => [name, sha256]));
}

async function applyBaseline(
  tx: postgres.TransactionSql,
  { baseline, functions }: SchemaFiles,
): Promise<readonly string[]> {
  const [roles, ...rest] = baseline.files;
  // Triggers name the functions, and functions read the tables: the functions come first, their bodies unchecked.
  await tx`SET LOCAL check_function_bodies = off`;
  for (const file of [...(roles === undefined ? [] : [roles]), ...functions, ...rest])
    await runFile(tx, file);
  await requireOneEach(tx, functions);
  await record(tx, { name: BASELINE, sha256: baseline.sha256 });
  for (const file of functions) await record(tx, file);
  return [BASELINE];
}

function requireBaseline({ baseline }: SchemaFiles, applied: Applied): void {
  if (applied.get(BASELINE) === baseline.sha256) return;
  throw new CodedError(
    'migration.other_baseline',
    'The database was made from another baseline of the schema than this version has. Before release 0.1.0 the ' +
      'baseline changes in place, and no database is carried over to the next one: migrate a new, empty database.',
  );
}

/** The applied files must be the first ones on disk, unchanged. The files after them are pending. */
function pendingMigrations({ migrations }: SchemaFiles, applied: Applied): readonly SqlFile[] {
  const names = [...applied.keys()]
    .filter((name) => name !== BASELINE && !name.startsWith(FUNCTION_PREFIX))
    .sort();
  names.forEach((name, index) => {
    const file = migrations[index];
    if (file === undefined)
      throw refused(name, 'was applied by a newer version of Purser: run that version.');
    if (file.name < name)
      throw refused(file.name, `was never applied, but the later ${name} was: restore the order.`);
    if (file.name > name) throw refused(name, 'was applied, but its file is gone: put it back.');
    if (file.sha256 !== applied.get(name))
      throw refused(name, 'was changed after it was applied: undo that and add a new file.');
  });
  return migrations.slice(names.length);
}

/**
 * Functions that the database lacks come before the file, so that its triggers may name them. After the last file all
 * functions are applied again: they may read what the file added, and it may have dropped one that gets another
 * signature.
 */
async function applyMigration(
  tx: postgres.TransactionSql,
  files: SchemaFiles,
  applied: Applied,
  migration: SqlFile,
  isLast: boolean,
): Promise<readonly string[]> {
  const missing = files.functions.filter(({ name }) => !applied.has(name));
  await tx`SET LOCAL check_function_bodies = off`;
  for (const file of missing) {
    await runFile(tx, file);
    await record(tx, file);
  }
  await tx`SET LOCAL check_function_bodies = on`;
  await runFile(tx, migration);
  await record(tx, migration);
  if (!isLast) return [...missing.map(({ name }) => name), migration.name];
  await applyFunctions(tx, files, files.functions);
  const changed = files.functions.filter(({ name, sha256 }) => applied.get(name) !== sha256);
  return [migration.name, ...changed.map(({ name }) => name)];
}

async function applyFunctions(
  tx: postgres.TransactionSql,
  files: SchemaFiles,
  wanted: readonly SqlFile[],
): Promise<readonly string[]> {
  for (const file of wanted) {
    await runFile(tx, file);
    await record(tx, file);
  }
  await requireOneEach(tx, wanted);
  await forgetDropped(tx, files);
  return wanted.map(({ name }) => name);
}

/** If a file makes a function with other parameters, the old one stays beside it, and a call may reach either. */
async function requireOneEach(
  tx: postgres.TransactionSql,
  functions: readonly SqlFile[],
): Promise<void> {
  const [odd] = await tx<{ name: string; count: number }[]>`
    SELECT w.name, count(p.oid)::int AS count
      FROM unnest(${functions.map(({ name }) => functionOf(name))}::text[]) AS w (name)
      LEFT JOIN pg_proc p ON p.proname = w.name AND p.pronamespace = 'public'::regnamespace
     GROUP BY w.name HAVING count(p.oid) <> 1 ORDER BY w.name LIMIT 1`;
  if (odd === undefined) return;
  const file = `${FUNCTION_PREFIX}${odd.name}.sql`;
  throw odd.count === 0
    ? refused(file, 'makes no function of its name: name the file as its function.')
    : signatureChanged(file);
}

function signatureChanged(name: string): CodedError {
  return refused(
    name,
    'has another signature than the function in the database: drop that one in a numbered file of the same change.',
  );
}

/** If the file of a function is gone, the function must be gone too; then this removes its record. */
async function forgetDropped(tx: postgres.TransactionSql, files: SchemaFiles): Promise<void> {
  const gone = await tx<{ name: string; found: boolean }[]>`
    SELECT m.name, EXISTS (SELECT 1 FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                              AND m.name = ${FUNCTION_PREFIX} || p.proname || '.sql') AS found
      FROM purser_migrations m
     WHERE starts_with(m.name, ${FUNCTION_PREFIX}) AND m.name <> ALL (${files.functions.map(({ name }) => name)}::text[])
     ORDER BY m.name`;
  for (const { name, found } of gone) {
    if (found)
      throw refused(
        name,
        'was applied, but its file is gone: run the newer version that has it, put it back, or drop the function in a numbered file.',
      );
    await tx`DELETE FROM purser_migrations WHERE name = ${name}`;
  }
}

function functionOf(fileName: string): string {
  return fileName.slice(FUNCTION_PREFIX.length).replace(/\.sql$/, '');
}

async function record(
  tx: postgres.TransactionSql,
  { name, sha256 }: Pick<SqlFile, 'name' | 'sha256'>,
): Promise<void> {
  await tx`
    INSERT INTO purser_migrations (name, sha256) VALUES (${name}, ${sha256})
    ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, applied_at = now()
     WHERE purser_migrations.sha256 <> excluded.sha256`;
}

async function runFile(tx: postgres.TransactionSql, file: SqlFile): Promise<void> {
  try {
    await tx.unsafe(file.sql);
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    // 42P13: another return type, or other names of parameters; 42725: two functions of the name.
    if (file.name.startsWith(FUNCTION_PREFIX) && ['42P13', '42725'].includes(error.code))
      throw signatureChanged(file.name);
    // A migration contains no customer data, so the server's message may be shown; its DETAIL quotes rows and may not.
    throw new CodedError(
      'migration.failed',
      `Migration ${file.name} failed and left no trace: ${error.message} (SQLSTATE ${error.code}).`,
      { details: { migration: file.name, sqlstate: error.code } },
    );
  }
}

function toMigrationError(error: unknown): unknown {
  const known = toCodedError(error);
  if (known?.code !== 'database.conflict') return known ?? error;
  return new CodedError(
    'migration.failed',
    'Another migrator kept the lock for too long: wait until it is done, then run this one again.',
    { details: known.details },
  );
}
