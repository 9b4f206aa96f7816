import { captureStatement } from '../../activities/capture-statement.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import type { Database } from '../../db/client.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { storeStatementFile } from '../../app/statement/store-file.ts';

export async function storeFile(
  database: Database,
  accountKey: string,
  body: Uint8Array,
): Promise<string> {
  const { fileId } = await storeStatementFile(database, {
    accountKey,
    format: null,
    profile: null,
    // The number of the files that test/support makes.
    accountNumber: '62000000001',
    by: SYSTEM_ACTOR,
    chunks: piecesOf(body),
  });
  return fileId;
}

async function* piecesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let from = 0; from < body.length; from += 65_536) yield body.subarray(from, from + 65_536);
}

/** Stores a file and captures it, as an upload and its workflow do. */
export async function importStatement(
  dependencies: ActivityDependencies,
  file: { readonly accountKey: string; readonly body: Uint8Array; readonly runId: string },
) {
  const fileId = await storeFile(dependencies.database, file.accountKey, file.body);
  return captureStatement(dependencies, { ...file, fileId });
}
