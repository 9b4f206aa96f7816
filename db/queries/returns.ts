import { sql } from 'drizzle-orm';
import type { PayerDetails } from '../../domain/review/approval.ts';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { Executor, Transaction } from '../client.ts';
import type { ListPlace } from './deposits-read.ts';

/** A return that was carried out: its money is reserved until the bank has paid it. */
export interface ReturnRow {
  readonly decisionId: string;
  readonly depositId: string;
  readonly accountKey: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Null for returns that were decided before Purser asked for bank details. */
  readonly payer: PayerDetails | null;
  readonly exportId: string | null;
  /** The day of the debit line that paid it. */
  readonly paidOn: LocalDate | null;
  readonly at: string;
}

/** `due`: in no file yet; `exported`: in a file; `paid`: the statement shows it. */
export type ReturnState = 'due' | 'exported' | 'paid';

export function stateOf(row: Pick<ReturnRow, 'exportId' | 'paidOn'>): ReturnState {
  if (row.paidOn !== null) return 'paid';
  return row.exportId === null ? 'due' : 'exported';
}

/** Returns, oldest first, from just after `after` on: of one file, in one state, or all. */
export async function listReturns(
  executor: Executor,
  query: {
    readonly exportId: string | null;
    readonly state: ReturnState | null;
    readonly after: ListPlace | null;
    readonly limit: number;
  },
): Promise<readonly ReturnRow[]> {
  const { exportId, state, after, limit } = query;
  const rows = await executor.execute<{
    id: string;
    deposit_id: string;
    bank_account_key: string;
    amount_minor: string;
    currency: string;
    payer: PayerDetails | null;
    export_id: string | null;
    paid_on: string | null;
    at: string;
  }>(sql`
    select c.id, c.deposit_id, d.bank_account_key, c.amount_minor::text, c.currency, c.payer, i.export_id,
           j.event_on::text as paid_on, c.applied_at::text as at
      from decisions c join deposits d on d.id = c.deposit_id
      left join return_export_items i on i.decision_id = c.id
      left join journals j on j.deposit_id = c.deposit_id and j.kind = 'return_paid'
     where c.kind = 'return' and c.state = 'executed'
       and (${exportId}::text is null or i.export_id = ${exportId})
       and (${state}::text is null or ${state}::text = case
              when j.id is not null then 'paid' when i.export_id is not null then 'exported' else 'due' end)
       and (${after?.at ?? null}::timestamptz is null
            or (c.applied_at, c.id) > (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::text))
     order by c.applied_at, c.id limit ${limit}`);
  return rows.map((row) => ({
    decisionId: row.id,
    depositId: row.deposit_id,
    accountKey: row.bank_account_key,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    payer: row.payer,
    exportId: row.export_id,
    paidOn: row.paid_on === null ? null : parseLocalDate(row.paid_on),
    at: row.at,
  }));
}

/**
 * Puts up to `limit` due returns into a new file; a return is in one file only, so that no payer is paid twice. Answers
 * how many; without a due return there is no file.
 */
export async function takeDueReturns(
  tx: Transaction,
  file: { readonly exportId: string; readonly takenBy: string; readonly limit: number },
): Promise<number> {
  const rows = await tx.execute<{ taken: number }>(sql`
    select take_returns(${file.exportId}, ${file.takenBy}, ${file.limit}) as taken`);
  return rows[0]?.taken ?? 0;
}
