import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { toCodedError } from '../../db/pg-errors.ts';
import type { Actor } from '../../db/queries/audit.ts';
import {
  findFileByHash,
  insertFileChunk,
  insertStatementFile,
  markConfirmed,
  markFileStored,
} from '../../db/queries/statement-files.ts';
import { writeAs } from '../write-as.ts';

const CHUNK_BYTES = 1_048_576;

export interface StoredFile {
  readonly fileId: string;
  readonly sha256: string;
  readonly isNew: boolean;
}

/** A statement file as it arrives. */
export interface IncomingFile {
  readonly accountKey: string;
  readonly format: string | null;
  readonly profile: unknown;
  /** The account number that a person expects in the file; null where none was given. */
  readonly accountNumber: string | null;
  /** A person accepts an MT940 that ends with an interim balance as whole. */
  readonly acceptsOpenEnd: boolean;
  readonly by: Actor;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Stores a file piece by piece as it arrives, once for each account: a repeat of the same bytes answers the stored
 * file. Neither the file nor its text is kept in memory. An error of `chunks` leaves nothing behind.
 */
export async function storeStatementFile(
  database: Database,
  file: IncomingFile,
): Promise<StoredFile> {
  const fileId = newId('statementFile');
  let sha256 = '';
  const why = file.acceptsOpenEnd ? 'accepted that the statement ends open' : null;
  try {
    await writeAs(database, { actor: file.by, why }, async (tx) => {
      await insertStatementFile(tx, { ...file, fileId });
      const stored = await storeChunks(tx, fileId, file.chunks);
      sha256 = stored.sha256;
      await markFileStored(tx, { fileId, ...stored });
    });
  } catch (error) {
    if (toCodedError(error)?.details['constraint'] !== 'statement_files_once') throw error;
    const known = await findFileByHash(database, { accountKey: file.accountKey, sha256 });
    const stored = known ?? fileId;
    const { accountNumber, acceptsOpenEnd, by } = file;
    if (accountNumber !== null || acceptsOpenEnd)
      await writeAs(database, { actor: by, why }, (tx) =>
        markConfirmed(tx, { fileId: stored, accountNumber, acceptsOpenEnd }),
      );
    return { fileId: stored, sha256, isNew: false };
  }
  return { fileId, sha256, isNew: true };
}

async function storeChunks(
  tx: Transaction,
  fileId: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let [bytes, seq] = [0, 0];
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const flush = async () => {
    if (waitingBytes === 0) return;
    await insertFileChunk(tx, { fileId, seq, bytes: Buffer.concat(waiting) });
    seq += 1;
    waiting = [];
    waitingBytes = 0;
  };
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes >= CHUNK_BYTES) await flush();
  }
  await flush();
  return { sha256: hash.digest('hex'), bytes };
}
