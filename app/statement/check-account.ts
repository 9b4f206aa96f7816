import type { Executor } from '../../db/client.ts';
import { findAccountName } from '../../db/queries/bank-account-names.ts';
import { findAccountNames } from '../../db/queries/bank-accounts.ts';
import { CodedError } from '../../domain/errors.ts';
import { findOtherOwner } from '../account/find-account.ts';
import {
  isAccountNumber,
  isIban,
  isMasked,
  isSameAccount,
  lastFour,
  matchAccounts,
  type AccountMatch,
} from '../../domain/line/account-number.ts';

/** A statement's account number, and the one that a person gave with the file. */
export interface NumberToCheck {
  readonly accountKey: string;
  /** Empty where the file names none: the person named the account, and nothing in the file contradicts that. */
  readonly found: string;
  readonly given: string | null;
}

/**
 * Checks that a statement belongs to the bank account, and answers the number to remember for it; null where it stays.
 * The first statement is compared with the number that a person gives, or with `BANK_ACCOUNT_ID` if that is a number.
 * Where nothing can be compared, a person must confirm the number: it is never taken from the file alone.
 * @throws CodedError `account.not_found` · `statement.account_mismatch` · `statement.account_unconfirmed`
 */
export async function checkStatementAccount(
  executor: Executor,
  { accountKey, found, given }: NumberToCheck,
): Promise<string | null> {
  const names = await findAccountNames(executor, accountKey);
  if (names === null)
    throw new CodedError('account.not_found', `Bank account not found: ${accountKey}.`);
  if (found === '') return null;
  const known = names.statementAccount;
  if (known === null || !isSameAccount(known, found))
    await refuseOthers(executor, { accountKey, currency: names.currency, found, given });
  const expected = known ?? given ?? names.bankAccountId;
  const match =
    known === null && given === null
      ? matchId(names.feed, names.bankAccountId, found)
      : matchAccounts(expected ?? '', found);
  if (match === 'same') return known === null ? (isMasked(found) ? expected : found) : null;
  if (expected !== null && (match === 'different' || known !== null || given !== null))
    throw new CodedError(
      'statement.account_mismatch',
      `The file is of the account that ends in ${lastFour(found)}, and ${accountKey} is the one that ends in ${lastFour(expected)}: name the right account with --account.`,
    );
  throw new CodedError(
    'statement.account_unconfirmed',
    `The file is of the account that ends in ${lastFour(found)}, and no earlier file or setting says whether that is ${accountKey}: look at the number, then import again with --account-number.`,
    { details: { number: found } },
  );
}

/** @throws CodedError `statement.account_mismatch` that names both, if the number belongs to another account of ours */
async function refuseOthers(
  executor: Executor,
  { accountKey, currency, found, given }: NumberToCheck & { readonly currency: string },
): Promise<void> {
  // A person's word about hidden digits must not give one number to two accounts either.
  const number = isMasked(found) ? (given ?? found) : found;
  const owner = await findOtherOwner(executor, { accountKey, currency, number });
  if (owner === null) return;
  const [other, here] = [
    await findAccountName(executor, owner),
    await findAccountName(executor, accountKey),
  ];
  throw new CodedError(
    'statement.account_mismatch',
    `The file is of the account that ends in ${lastFour(number)}, which is known here as ${other}, not ${here}: import it with --account ${other}.`,
  );
}

/** An id of an API is often no account number, so it contradicts a number only where it clearly is one. */
function matchId(feed: string | null, id: string | null, found: string): AccountMatch {
  if (feed === null || id === null) return 'unknown';
  const match = matchAccounts(id, found);
  const isNumber = feed === 'json' ? isAccountNumber(id) : isIban(id);
  return match === 'different' && !isNumber ? 'unknown' : match;
}
