import { sql } from 'drizzle-orm';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import { REASONS_OF_WALLETS } from '../../domain/review/review-reasons.ts';
import type { Executor } from '../client.ts';
import { literals } from '../param.ts';

/**
 * Deposits in review whose code an open wallet has now: it was created or reopened after the deposit arrived. All of
 * them, or those of one wallet.
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
      join wallets w on w.code = any(r.candidates) and w.status = 'open'
     where r.closed_at is null and r.reason in ${literals(REASONS_OF_WALLETS)} and cardinality(r.candidates) = 1
       and (${query.walletId}::text is null or w.id = ${query.walletId})
     order by d.captured_at, d.id limit ${query.limit}`);
  return rows.map((row) => ({
    depositId: row.id,
    accountKey: row.account,
    transactionKey: row.key,
    round: row.round,
  }));
}
