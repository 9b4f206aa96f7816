import type { Database } from '../../db/client.ts';
import { SYSTEM_ACTOR, type Actor } from '../../db/queries/audit.ts';
import { clearStatementAccount, clearUnusedId } from '../../db/queries/bank-account-names.ts';
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

/**
 * Takes the id in the API from a key that never had a line, such as one with a typing error, so that another key may have
 * it. False if the key has lines, which are the account's for good.
 */
export async function forgetUnusedId(database: Database, accountKey: string): Promise<boolean> {
  const by = { actor: SYSTEM_ACTOR, why: 'another key has the id; this one never had a line' };
  return writeAs(database, by, (tx) => clearUnusedId(tx, accountKey));
}
