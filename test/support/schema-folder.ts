import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A copy of all SQL of this version, which a test may change; files are named as `baseline/01_roles.sql` is. */
export interface SchemaFolder {
  readonly url: URL;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** Adds the next numbered file, and answers its name. */
  addMigration(slug: string, sql: string): Promise<string>;
  dispose(): Promise<void>;
}

const DB = fileURLToPath(new URL('../../db/', import.meta.url));

export async function copySchemaFolder(): Promise<SchemaFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'purser-schema-'));
  for (const place of ['baseline', 'functions', 'migrations'])
    if (existsSync(join(DB, place)))
      await cp(join(DB, place), join(folder, place), { recursive: true });
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  let count = existsSync(join(folder, 'migrations'))
    ? (await readdir(join(folder, 'migrations'))).length
    : 0;
  return {
    url: pathToFileURL(`${folder}/`),
    read: (file) => readFile(join(folder, file), 'utf8'),
    write,
    remove: (file) => rm(join(folder, file)),
    addMigration: async (slug, sql) => {
      count += 1;
      const name = `${String(count).padStart(4, '0')}_${slug}.sql`;
      await write(`migrations/${name}`, sql);
      return name;
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
