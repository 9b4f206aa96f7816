import type { Database } from '../../db/client.ts';
import type { Actor } from '../../db/queries/audit.ts';
import { releaseFile } from '../../db/queries/statement-files.ts';
import { writeAs } from '../write-as.ts';

/**
 * Releases the quarantined statements of a file because a person asked; false if none is quarantined, or the file was
 * released before.
 */
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
