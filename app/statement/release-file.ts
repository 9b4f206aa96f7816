import type { Database } from '../../db/client.ts';
import type { Actor } from '../../db/queries/audit.ts';
import { releaseFile } from '../../db/queries/statement-files.ts';
import { writeAs } from '../write-as.ts';

/** Releases the held statements of a file on a person's word; false where none is held, or it was released before. */
export function releaseHeldFile(
  database: Database,
  release: {
    readonly fileId: string;
    readonly by: string;
    readonly actor: Actor;
    readonly reason: string;
  },
): Promise<boolean> {
  const { actor, ...row } = release;
  return writeAs(database, { actor, why: row.reason }, (tx) => releaseFile(tx, row));
}
