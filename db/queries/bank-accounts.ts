import { eq, getTableColumns, sql } from 'drizzle-orm';
import { CodedError } from '../../domain/errors.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Executor } from '../client.ts';
import { bankAccounts } from '../schema/bank-accounts.ts';

export type BankAccount = typeof bankAccounts.$inferSelect;

/** What write_bank_account() writes of an account: its settings, not how far it was read. */
export type AccountSettings = Partial<
  Omit<
    BankAccount,
    | 'key'
    | 'currency'
    | 'statementAccount'
    | 'openingMinor'
    | 'openingOn'
    | 'lastCompleteDay'
    | 'reversalsReadTo'
    | 'pausedAt'
    | 'pausedBecause'
    | 'createdAt'
  >
>;

/** Adds an account; false if one has this key. */
export function addBankAccount(
  executor: Executor,
  key: string,
  settings: AccountSettings & Pick<BankAccount, 'bankName' | 'currency' | 'timeZone'>,
): Promise<boolean> {
  return writeBankAccount(executor, { key, settings, isNew: true });
}

/** Changes these settings of an account; false if there is no such account. */
export function changeBankAccount(
  executor: Executor,
  key: string,
  settings: AccountSettings,
): Promise<boolean> {
  return writeBankAccount(executor, { key, settings, isNew: false });
}

async function writeBankAccount(
  executor: Executor,
  given: { readonly key: string; readonly settings: AccountSettings; readonly isNew: boolean },
): Promise<boolean> {
  const columns = getTableColumns(bankAccounts);
  const byColumn = Object.entries(columns).flatMap(([field, column]) => {
    const value: unknown = Reflect.get(given.settings, field);
    return value === undefined
      ? []
      : [[column.name, typeof value === 'bigint' ? value.toString() : value]];
  });
  const settings = JSON.stringify(Object.fromEntries(byColumn));
  const [row] = await executor.execute<{ written: boolean }>(sql`
    select write_bank_account(${given.key}, ${settings}::jsonb, ${given.isNew}) as written`);
  return row?.written === true;
}

/** Pauses the reading of an account for a reason, or resumes it for null; false if that is its state already. */
export async function pauseBankAccount(
  executor: Executor,
  key: string,
  because: string | null,
): Promise<boolean> {
  const [row] = await executor.execute<{ changed: boolean }>(sql`
    select pause_bank_account(${key}, ${because}) as changed`);
  return row?.changed === true;
}

export async function findBankAccount(
  executor: Executor,
  key: string,
): Promise<BankAccount | null> {
  const rows = await executor.select().from(bankAccounts).where(eq(bankAccounts.key, key)).limit(1);
  return rows[0] ?? null;
}

/** Every account, by key. */
export function listBankAccounts(executor: Executor): Promise<readonly BankAccount[]> {
  return executor.select().from(bankAccounts).orderBy(bankAccounts.key).limit(1_000);
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
