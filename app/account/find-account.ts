import type { Executor } from '../../db/client.ts';
import { findAccountKey, listOtherNumbers } from '../../db/queries/bank-account-names.ts';
import { findBankAccount } from '../../db/queries/bank-accounts.ts';
import { CodedError } from '../../domain/errors.ts';
import { isSameAccount } from '../../domain/line/account-number.ts';

/** The key of the account that a key or a later name means. @throws CodedError `account.not_found` */
export async function requireAccountKey(executor: Executor, name: string): Promise<string> {
  const key = await findAccountKey(executor, name);
  if (key === null) throw new CodedError('account.not_found', `Bank account not found: ${name}.`);
  return key;
}

/** @throws CodedError `account.paused` if a person paused the reading of the account */
export async function refusePaused(executor: Executor, accountKey: string): Promise<void> {
  const account = await findBankAccount(executor, accountKey);
  if (account === null || account.pausedAt === null) return;
  throw new CodedError(
    'account.paused',
    `The reading of bank account ${accountKey} is paused since ${account.pausedAt.toISOString()}: ${account.pausedBecause ?? ''}`,
  );
}

/** The key of another account of ours that the bank calls by this number or id; null if there is none. */
export async function findOtherOwner(
  executor: Executor,
  named: { readonly accountKey: string; readonly currency: string; readonly number: string },
): Promise<string | null> {
  const others = await listOtherNumbers(executor, named);
  return others.find(({ number }) => isSameAccount(number, named.number))?.accountKey ?? null;
}
