import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';

/** True if nothing has undone credit `j` of line `l`, which people decided, and payer memory still counts it. */
export const IS_CONFIRMED = sql`
  not exists (select 1 from journals u where u.reverses_id = j.id and u.kind in ('reversal', 'correction', 'void'))
  and not exists (
    select 1 from payer_revocations r join deposits e on e.id = r.deposit_id join lines k on k.id = e.line_id
     where r.wallet_id = j.wallet_id and r.revoked_at >= j.created_at
       and (k.counterparty_account = l.counterparty_account
            or (k.counterparty_account is null and upper(btrim(k.counterparty_name)) = upper(btrim(l.counterparty_name)))))`;

/**
 * For each of these deposits, the only wallet that people confirmed for its payer's account, at least `timesMin` times.
 */
export async function findKnownPayers(
  executor: Executor,
  query: { readonly depositIds: readonly string[]; readonly timesMin: number },
): Promise<ReadonlyMap<string, string>> {
  const rows = await executor.execute<{ id: string; wallet: string }>(sql`
    select d.id, min(j.wallet_id) as wallet
      from deposits d
      join lines o on o.id = d.line_id and o.counterparty_account is not null
      join lines l on l.counterparty_account = o.counterparty_account
      join journals j on j.line_id = l.id and j.kind = 'credit' and j.decision_id is not null
     where d.id = any(${param(query.depositIds)}::text[]) and ${IS_CONFIRMED}
     group by d.id having count(distinct j.wallet_id) = 1 and count(*) >= ${query.timesMin}`);
  return new Map(rows.map((row) => [row.id, row.wallet]));
}

/** From now on earlier credits do not count for this payer and wallet; false if the deposit does not exist. */
export async function revokePayer(
  tx: Transaction,
  revocation: {
    readonly walletId: string;
    readonly depositId: string;
    readonly by: string;
    readonly reason: string;
  },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into payer_revocations (wallet_id, deposit_id, revoked_by, reason)
    select ${revocation.walletId}, d.id, ${revocation.by}, ${revocation.reason} from deposits d where d.id = ${revocation.depositId}
    returning id`);
  return rows.length === 1;
}
