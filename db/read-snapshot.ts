import type { Database, Transaction } from './client.ts';

/** Runs reads in one read-only snapshot: work that commits beside them is seen by all of them or by none. */
export function readSnapshot<T>(
  database: Database,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return database.transaction(work, {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  });
}
