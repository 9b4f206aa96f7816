import type { AddressRule } from '../../bank/http/address-rule.ts';
import type { Executor } from '../../db/client.ts';
import {
  addBankAccount,
  changeBankAccount,
  findBankAccount,
  pauseBankAccount,
  type AccountSettings,
  type BankAccount,
} from '../../db/queries/bank-accounts.ts';
import { findAccountKey, findAccountName } from '../../db/queries/bank-account-names.ts';
import { CodedError } from '../../domain/errors.ts';
import { accountFaults } from './account-faults.ts';
import { findOtherOwner, requireAccountKey } from './find-account.ts';

/** A bank account to be added. */
export interface NewAccount {
  readonly key: string;
  readonly settings: AccountSettings & Pick<BankAccount, 'bankName' | 'currency' | 'timeZone'>;
}

/**
 * Adds a bank account. A running worker makes its Schedule within seconds.
 * @throws CodedError `account.setting_refused` naming every fault · `account.name_taken` · `account.known`
 */
export async function addAccount(
  tx: Executor,
  { key, settings }: NewAccount,
  addresses: AddressRule,
): Promise<BankAccount> {
  refuseFaults(accountFaults(settings, addresses));
  if (key === 'all' || (await findAccountKey(tx, key)) !== null) throw nameTaken(key);
  await refuseKnownId(tx, { accountKey: key, ...settings });
  if (!(await addBankAccount(tx, key, settings))) throw nameTaken(key);
  return readAccount(tx, key);
}

/**
 * Changes settings of a bank account; the next read uses them. Null clears one.
 * @throws CodedError `account.not_found` · `account.setting_refused` naming every fault · `account.known`
 */
export async function changeAccount(
  tx: Executor,
  asked: { readonly name: string; readonly settings: AccountSettings },
  addresses: AddressRule,
): Promise<BankAccount> {
  const key = await requireAccountKey(tx, asked.name);
  const account = await readAccount(tx, key);
  refuseFaults(accountFaults({ ...account, ...asked.settings }, addresses));
  const { currency } = account;
  await refuseKnownId(tx, { accountKey: key, currency, ...asked.settings });
  await changeBankAccount(tx, key, asked.settings);
  return readAccount(tx, key);
}

/** Pauses the reading of a bank account; nothing happens if it is paused. @throws CodedError `account.not_found` */
export async function pauseAccount(
  tx: Executor,
  asked: { readonly name: string; readonly because: string },
): Promise<BankAccount> {
  const key = await requireAccountKey(tx, asked.name);
  await pauseBankAccount(tx, key, asked.because);
  return readAccount(tx, key);
}

/** Ends the pause of a bank account; nothing happens if it is read. @throws CodedError `account.not_found` */
export async function resumeAccount(tx: Executor, name: string): Promise<BankAccount> {
  const key = await requireAccountKey(tx, name);
  await pauseBankAccount(tx, key, null);
  return readAccount(tx, key);
}

/** @throws CodedError `account.not_found` */
async function readAccount(executor: Executor, key: string): Promise<BankAccount> {
  const account = await findBankAccount(executor, key);
  if (account === null)
    throw new CodedError('account.not_found', `Bank account not found: ${key}.`);
  return account;
}

function nameTaken(key: string): CodedError {
  return new CodedError(
    'account.name_taken',
    `${key} is the name of another bank account: choose another one.`,
  );
}

function refuseFaults(faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new CodedError('account.setting_refused', `The account is refused. ${faults.join('; ')}.`);
}

async function refuseKnownId(
  tx: Executor,
  account: {
    readonly accountKey: string;
    readonly currency: string;
    readonly bankAccountId?: string | null | undefined;
  },
): Promise<void> {
  const { accountKey, bankAccountId = null, currency } = account;
  if (bankAccountId === null) return;
  const owner = await findOtherOwner(tx, { accountKey, currency, number: bankAccountId });
  if (owner === null) return;
  throw new CodedError(
    'account.known',
    `The bank's account ${bankAccountId} is known here as ${await findAccountName(tx, owner)}: a second key would read its lines again.`,
  );
}
