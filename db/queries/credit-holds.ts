import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/** What a wallet must keep because the bank has not confirmed it, or shows it no longer; minor units of ZAR. */
export async function findHeldMinor(executor: Executor, walletId: string): Promise<bigint> {
  const rows = await executor.execute<{ held: string }>(
    sql`select held_minor(${walletId})::text as held`,
  );
  return BigInt(rows[0]?.held ?? 0);
}
