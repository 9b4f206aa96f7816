import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { CodedError } from '../domain/errors.ts';

/** One SQL file, with the name that `purser migrate` prints. */
export interface SqlFile {
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
}

/** All the SQL of a version. */
export interface SchemaFiles {
  /** The whole schema in reading order; the first file makes the roles that functions belong to. */
  readonly baseline: { readonly files: readonly SqlFile[]; readonly sha256: string };
  /** One rule function each, named as its file. */
  readonly functions: readonly SqlFile[];
  /** The changes since the baseline, in order. */
  readonly migrations: readonly SqlFile[];
}

const BASELINE_NAME = /^([0-9]{2})_[a-z0-9_]+\.sql$/;
const FUNCTION_NAME = /^[a-z][a-z0-9_]*\.sql$/;
const MIGRATION_NAME = /^([0-9]{4})_[a-z0-9_]+\.sql$/;

/**
 * Reads `baseline/`, `functions/` and `migrations/` below a folder; `migrations/` may be missing.
 * @throws CodedError `migration.failed` if a file is misnamed or a number is missing.
 */
export async function readSchemaFiles(folder: URL): Promise<SchemaFiles> {
  const [baseline, functions, migrations] = await Promise.all([
    readFolder(folder, 'baseline'),
    readFolder(folder, 'functions'),
    readFolder(folder, 'migrations'),
  ]);
  if (baseline.length === 0) throw refused('baseline', 'is missing: none of its files was found.');
  requireNumbers(baseline, BASELINE_NAME);
  requireNumbers(migrations, MIGRATION_NAME);
  for (const { name } of functions)
    if (!FUNCTION_NAME.test(name))
      throw refused(name, 'is not named like a function: rename the file.');
  const named = (files: readonly SqlFile[], place: string) =>
    files.map((file) => ({ ...file, name: `${place}/${file.name}` }));
  return {
    baseline: {
      files: named(baseline, 'baseline'),
      sha256: sha256Of(baseline.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')),
    },
    functions: named(functions, 'functions'),
    migrations,
  };
}

/** The refusal of one file, or of the baseline as a whole. */
export function refused(name: string, why: string): CodedError {
  return new CodedError('migration.failed', `Migration ${name} ${why}`, {
    details: { migration: name },
  });
}

async function readFolder(folder: URL, place: string): Promise<readonly SqlFile[]> {
  const inside = new URL(`${place}/`, folder);
  const names = (await listFolder(inside)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may write CRLF, which does not count as a change.
      const sql = (await readFile(new URL(name, inside), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, sha256: sha256Of(sql) };
    }),
  );
}

async function listFolder(folder: URL): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function requireNumbers(files: readonly SqlFile[], pattern: RegExp): void {
  files.forEach(({ name }, index) => {
    const number = pattern.exec(name)?.[1];
    if (number === undefined || Number.parseInt(number, 10) !== index + 1)
      throw refused(name, `has the place of number ${index + 1}: number the files without gaps.`);
  });
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
