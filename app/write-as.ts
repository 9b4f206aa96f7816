import type { Database, Transaction } from '../db/client.ts';
import { actAs, type Actor } from '../db/queries/audit.ts';

/** Runs one change in its own transaction; the audit trail records `actor` and `why` for every row that it changes. */
export function writeAs<T>(
  database: Database,
  by: { readonly actor: Actor; readonly why: string | null },
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    await actAs(tx, by.actor, by.why);
    return change(tx);
  });
}
