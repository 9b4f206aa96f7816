import type { Database, Transaction } from './client.ts';

/** Runs reads in one read-only snapshot: all of them see a concurrent commit, or none does. */
export function readSnapshot<T>(
  database: Database,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return database.transaction(work, {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  });
}
