import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/** What was credited by deposits, by customer code, in minor units; from the ledger's own journals. */
export async function sumCreditedByCode(executor: Executor): Promise<ReadonlyMap<string, bigint>> {
  const rows = await executor.execute<{ code: string; minor: string }>(sql`
    select w.code, sum(d.amount_minor)::text as minor
      from journals j join deposits d on d.id = j.deposit_id join wallets w on w.id = j.wallet_id
     where j.kind = 'credit' group by w.code`);
  return new Map(rows.map((row) => [row.code, BigInt(row.minor)]));
}
