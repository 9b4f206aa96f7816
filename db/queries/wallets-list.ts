import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/** The oldest wallets. */
export async function listWallets(
  executor: Executor,
  limit: number,
): Promise<readonly { readonly walletId: string; readonly code: string }[]> {
  const rows = await executor.execute<{ id: string; code: string }>(
    sql`select id, code from wallets order by id limit ${limit}`,
  );
  return rows.map((row) => ({ walletId: row.id, code: row.code }));
}
