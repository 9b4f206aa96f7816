import type { Database } from '../../db/client.ts';
import type { Actor } from '../../db/queries/audit.ts';
import { setAccountName } from '../../db/queries/bank-account-names.ts';
import { CodedError } from '../../domain/errors.ts';
import { writeAs } from '../write-as.ts';
import { requireAccountKey } from './find-account.ts';

/** The shape of a key and of a name: BANK_ACCOUNT_KEY has the same. */
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Whether this may be the key or the name of a bank account. */
export function isAccountName(name: string): boolean {
  return NAME.test(name) && name !== 'all';
}

/**
 * Gives a bank account another name, recorded in the audit trail. Its rows, workflows and webhook address keep the key,
 * which goes on to work: only what people write changes. Answers the key.
 * @throws CodedError `account.not_found` · `account.name_taken` · `request.invalid`
 */
export async function renameAccount(
  database: Database,
  asked: { readonly from: string; readonly to: string; readonly by: Actor; readonly why: string },
): Promise<string> {
  if (!isAccountName(asked.to))
    throw new CodedError(
      'request.invalid',
      `${asked.to} is no name for a bank account: use up to 40 small letters, digits and dashes, and not "all".`,
    );
  return writeAs(database, { actor: asked.by, why: asked.why }, async (tx) => {
    const accountKey = await requireAccountKey(tx, asked.from);
    if (!(await setAccountName(tx, { accountKey, name: asked.to })))
      throw new CodedError(
        'account.name_taken',
        `${asked.to} is the name of another bank account: choose another one.`,
      );
    return accountKey;
  });
}
