import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A copy of all SQL of this version, which a test may change. */
export interface SchemaFolder {
  readonly url: URL;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** Adds the next numbered file. */
  addMigration(name: string, sql: string): Promise<void>;
  dispose(): Promise<void>;
}

const PLACES = ['baseline', 'functions', 'migrations'];

export async function copySchemaFolder(): Promise<SchemaFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'purser-schema-'));
  for (const place of PLACES)
    await cp(new URL(`../../db/${place}`, import.meta.url), join(folder, place), {
      recursive: true,
    }).catch((error: unknown) => {
      // There are no numbered files before the first release.
      if (place !== 'migrations') throw error;
    });
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  return {
    url: pathToFileURL(`${folder}/`),
    read: (file) => readFile(join(folder, file), 'utf8'),
    write,
    remove: (file) => rm(join(folder, file), { recursive: true }),
    addMigration: (name, sql) => write(`migrations/${name}`, sql),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
