import { sql } from 'drizzle-orm';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import { REASONS_OF_STATUS, REASONS_WITHOUT_WALLET } from '../../domain/review/review-reasons.ts';
import type { Executor } from '../client.ts';
import { literals } from '../param.ts';

/**
 * True where the open wallet `w`, which has the one code of the review `r`, came after its deposit: its code was
 * registered, or it was opened again.
 */
const IS_LATE_OWNER = sql`
  w.code = r.candidates[1] and cardinality(r.candidates) = 1 and w.status = 'open'
  and (r.reason in ${literals(REASONS_OF_STATUS)}
       or (r.reason in ${literals(REASONS_WITHOUT_WALLET)} and w.code_kind = 'legacy'))`;

/** True if the review of this deposit waited only for its wallet, which is there now. */
export async function hasLateOwner(executor: Executor, depositId: string): Promise<boolean> {
  const rows = await executor.execute<{ found: boolean }>(sql`
    select exists (select 1 from reviews r join wallets w on ${IS_LATE_OWNER}
                    where r.deposit_id = ${depositId} and r.closed_at is null) as found`);
  return rows[0]?.found ?? false;
}

/**
 * Deposits in review whose code an open wallet has now: the code was registered, or the wallet opened again, after the
 * deposit arrived. All of them, or those of one wallet.
 */
export async function listLateOwned(
  executor: Executor,
  query: { readonly walletId: string | null; readonly limit: number },
): Promise<readonly DepositWorkflowRef[]> {
  const rows = await executor.execute<{
    id: string;
    account: string;
    key: string;
    round: number;
  }>(sql`
    select d.id, d.bank_account_key as account, d.transaction_key as key, d.workflow_round as round
      from reviews r join deposits d on d.id = r.deposit_id
      join wallets w on ${IS_LATE_OWNER}
     where r.closed_at is null and (${query.walletId}::text is null or w.id = ${query.walletId})
     order by d.captured_at, d.id limit ${query.limit}`);
  return rows.map((row) => ({
    depositId: row.id,
    accountKey: row.account,
    transactionKey: row.key,
    round: row.round,
  }));
}
