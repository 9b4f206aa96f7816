import { asc, eq, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { bankAccounts } from '../schema/bank-accounts.ts';

export type BankAccount = typeof bankAccounts.$inferSelect;
/** What configuration says of an account; the days that were read are the database's own. */
export type BankAccountSettings = Omit<BankAccount, 'lastCompleteDay' | 'createdAt'>;

export async function findBankAccount(
  executor: Executor,
  key: string,
): Promise<BankAccount | null> {
  const rows = await executor.select().from(bankAccounts).where(eq(bankAccounts.key, key)).limit(1);
  return rows[0] ?? null;
}

/** All accounts by key. */
export async function listBankAccounts(executor: Executor): Promise<readonly BankAccount[]> {
  return executor.select().from(bankAccounts).orderBy(asc(bankAccounts.key)).limit(1_000);
}

/** Stores an account as configured, or brings its row in step; safe to repeat and to race. */
export async function upsertBankAccount(
  executor: Executor,
  account: BankAccountSettings,
): Promise<void> {
  await executor
    .insert(bankAccounts)
    .values(account)
    .onConflictDoUpdate({
      target: bankAccounts.key,
      set: {
        bankName: sql`excluded.bank_name`,
        currency: sql`excluded.currency`,
        timeZone: sql`excluded.time_zone`,
        feed: sql`excluded.feed`,
        apiUrl: sql`excluded.api_url`,
        bankAccountId: sql`excluded.bank_account_id`,
        apiKeyEnv: sql`excluded.api_key_env`,
        webhookSecretEnv: sql`excluded.webhook_secret_env`,
        pollEnabled: sql`excluded.poll_enabled`,
      },
    });
}
