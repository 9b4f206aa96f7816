import { eq } from 'drizzle-orm';
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
