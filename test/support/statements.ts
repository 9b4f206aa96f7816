import { createHash } from 'node:crypto';
import { captureStatement } from '../../activities/capture-statement.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import type { Database } from '../../db/client.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { storeStatementFile } from '../../app/statement/store-file.ts';

/** The number that files of test/support name. */
const SHARED_NUMBER = '62000000001';

/** The account number of a test's bank account: the bank gives no number to two accounts. */
function numberOf(accountKey: string): string {
  const digits = createHash('sha256').update(accountKey).digest().readBigUInt64BE() % 10n ** 9n;
  return `62${digits.toString().padStart(9, '0')}`;
}

/** Stores a file as one of this account: the number that files of test/support share becomes the account's own. */
export async function storeFile(
  database: Database,
  accountKey: string,
  body: Uint8Array,
): Promise<string> {
  const { fileId } = await storeStatementFile(database, {
    accountKey,
    format: null,
    profile: null,
    accountNumber: numberOf(accountKey),
    acceptsOpenEnd: false,
    by: SYSTEM_ACTOR,
    chunks: piecesOf(
      Buffer.from(
        Buffer.from(body).toString('latin1').replaceAll(SHARED_NUMBER, numberOf(accountKey)),
        'latin1',
      ),
    ),
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
