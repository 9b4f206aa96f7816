import { eq } from 'drizzle-orm';
import { CodedError } from '../../domain/errors.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Executor } from '../client.ts';
import { bankAccounts } from '../schema/bank-accounts.ts';

export type BankAccount = typeof bankAccounts.$inferSelect;

export async function findBankAccount(
  executor: Executor,
  key: string,
): Promise<BankAccount | null> {
  const rows = await executor.select().from(bankAccounts).where(eq(bankAccounts.key, key)).limit(1);
  return rows[0] ?? null;
}

/** The policies of an account for statements and gates; null if the account does not exist. */
export async function findAccountPolicies(
  executor: Executor,
  key: string,
): Promise<Pick<BankAccount, 'currency' | 'timeZone' | 'proofPolicy' | 'balancePolicy'> | null> {
  const [row] = await executor
    .select({
      currency: bankAccounts.currency,
      timeZone: bankAccounts.timeZone,
      proofPolicy: bankAccounts.proofPolicy,
      balancePolicy: bankAccounts.balancePolicy,
    })
    .from(bankAccounts)
    .where(eq(bankAccounts.key, key));
  return row ?? null;
}

/** What the bank calls an account: its id in the API, and its number in statement files; null if it does not exist. */
export async function findAccountNames(
  executor: Executor,
  key: string,
): Promise<Pick<BankAccount, 'feed' | 'bankAccountId' | 'statementAccount' | 'currency'> | null> {
  const [row] = await executor
    .select({
      currency: bankAccounts.currency,
      feed: bankAccounts.feed,
      bankAccountId: bankAccounts.bankAccountId,
      statementAccount: bankAccounts.statementAccount,
    })
    .from(bankAccounts)
    .where(eq(bankAccounts.key, key));
  return row ?? null;
}

/** The last day up to which the account was read whole; null before the first read. @throws CodedError `account.not_found` */
export async function findLastCompleteDay(
  executor: Executor,
  key: string,
): Promise<LocalDate | null> {
  const [row] = await executor
    .select({ lastCompleteDay: bankAccounts.lastCompleteDay })
    .from(bankAccounts)
    .where(eq(bankAccounts.key, key));
  if (row === undefined)
    throw new CodedError('account.not_found', `Bank account not found: ${key}.`);
  return row.lastCompleteDay;
}
