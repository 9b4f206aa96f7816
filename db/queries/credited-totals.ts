import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/**
 * The credits of deposits that nothing has undone, by customer code, in minor units; from the ledger's own journals.
 */
export async function sumCreditedByCode(executor: Executor): Promise<ReadonlyMap<string, bigint>> {
  const rows = await executor.execute<{ code: string; minor: string }>(sql`
    select w.code, sum(d.amount_minor)::text as minor
      from journals j join deposits d on d.id = j.deposit_id join wallets w on w.id = j.wallet_id
     where j.kind = 'credit'
       and not exists (select 1 from journals u where u.reverses_id = j.id and u.kind in ('reversal', 'correction', 'void'))
     group by w.code`);
  return new Map(rows.map((row) => [row.code, BigInt(row.minor)]));
}
