import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startPostgres } from '../embedded/postgres.ts';
import { migrate } from './migrate.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { readSchemaText } from './schema-text.ts';

/** Migrates a temporary database and writes the resulting schema to db/schema.sql, and its rules for `verify`. */
async function dumpSchema(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-schema-'));
  // If root runs this, the server runs as another user, who must be able to enter the folder.
  await chmod(dataDir, 0o755);
  const server = await startPostgres({ dataDir, fast: true });
  try {
    await migrate(server.url);
    const client = postgres(server.url, { max: 1 });
    const text = await readSchemaText(client);
    const manifest = await readManifest(client);
    await client.end();
    await writeFile(new URL('./schema.sql', import.meta.url), text);
    await writeFile(new URL('./schema-manifest.json', import.meta.url), manifestText(manifest));
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** A rule a line, so that a review shows what a change does. */
function manifestText({ audited, catalogue }: Manifest): string {
  const list = (entries: readonly unknown[]) =>
    entries.map((entry) => JSON.stringify(entry)).join(',\n');
  return `{"audited": [\n${list(audited)}\n],\n"catalogue": [\n${list(catalogue)}\n]}\n`;
}

await dumpSchema();
process.stdout.write('db/schema.sql and db/schema-manifest.json are up to date.\n');
