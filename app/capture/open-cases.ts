import type { Database } from '../../db/client.ts';
import { updateLineCases } from '../../db/queries/line-cases.ts';

/**
 * Opens a case for each line of an account that the bank changed or removed, and closes the cases whose cause is gone.
 * Answers how many it opened.
 */
export async function openLineCases(database: Database, accountKey: string): Promise<number> {
  return database.transaction((tx) => updateLineCases(tx, accountKey));
}
