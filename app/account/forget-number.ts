import type { Database } from '../../db/client.ts';
import type { Actor } from '../../db/queries/audit.ts';
import { clearStatementAccount } from '../../db/queries/bank-account-names.ts';
import { writeAs } from '../write-as.ts';
import { requireAccountKey } from './find-account.ts';

/**
 * Forgets the account number that statement files must have, so that the next file asks a person again: the way back
 * from a number that was confirmed wrongly. What files of that number brought stays. False if no number was known.
 * @throws CodedError `account.not_found`
 */
export async function forgetStatementNumber(
  database: Database,
  asked: { readonly name: string; readonly by: Actor; readonly why: string },
): Promise<boolean> {
  return writeAs(database, { actor: asked.by, why: asked.why }, async (tx) =>
    clearStatementAccount(tx, await requireAccountKey(tx, asked.name)),
  );
}
