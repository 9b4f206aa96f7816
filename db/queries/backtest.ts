import { sql } from 'drizzle-orm';
import type { DepositState } from '../../domain/ledger/deposit.ts';
import type { Objections } from '../../domain/review/owner.ts';
import type { WhatHappened } from '../../domain/review/rules-difference.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

/**
 * The past outcomes of deposits: the wallets that a code or a person credited. A reversed deposit counts with its
 * outcome before the reversal, unless its line came back: then only later events count.
 */
export async function findWhatHappened(
  executor: Executor,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, WhatHappened>> {
  const rows = await executor.execute<{
    id: string;
    state: DepositState;
    wallets: string[];
    by_person: boolean;
  }>(sql`
    select d.id, d.state, coalesce(array_agg(distinct j.wallet_id) filter (where j.id is not null), '{}') as wallets,
           coalesce(bool_or(j.decision_id is not null), false) as by_person
      from deposits d
      left join journals j on j.deposit_id = d.id and j.kind = 'credit' and j.generation >= d.generation
       and not exists (select 1 from journals u where u.reverses_id = j.id and u.kind = 'correction')
     where d.id = any(${param(depositIds)}::text[])
     group by d.id`);
  return new Map(rows.map((row) => [row.id, toWhatHappened(row)]));
}

function toWhatHappened(row: {
  readonly state: DepositState;
  readonly wallets: readonly string[];
  readonly by_person: boolean;
}): WhatHappened {
  if (row.wallets.length > 0)
    return { kind: 'credited', walletIds: row.wallets, by: row.by_person ? 'person' : 'code' };
  if (row.state === 'returned' || row.state === 'dismissed') return { kind: row.state };
  return { kind: row.state === 'reversed' ? 'reversed' : 'waiting' };
}

/** The payer's wallet is not recorded, only that the code names another customer. */
const SOMEBODY_ELSE = 'somebody else';

/**
 * The objections to deposits at the time they went to review, as stored in their reviews. The reversals and payments
 * behind an objection may since have been resolved or removed from payer memory.
 */
export async function findStoredObjections(
  executor: Executor,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, Objections>> {
  const rows = await executor.execute<{ id: string; is_taken_back: boolean }>(sql`
    select r.deposit_id as id, r.reason = 'reversed' as is_taken_back
      from reviews r join deposits d on d.id = r.deposit_id
     where r.deposit_id = any(${param(depositIds)}::text[]) and r.reason in ('reversed', 'payer_conflict')
       and d.state <> 'captured'`);
  return new Map(
    rows.map(({ id, is_taken_back: isTakenBack }) => [
      id,
      { isTakenBack, payerWalletId: isTakenBack ? null : SOMEBODY_ELSE },
    ]),
  );
}

/** A review of a bank account in shadow: the wallet that its code would have credited, if it names one. */
export interface ShadowReview {
  readonly depositId: string;
  readonly isOpen: boolean;
  readonly codeWalletId: string | null;
}

/** Reviews of one account after `afterId`, by the id of their deposits. */
export async function listShadowReviews(
  executor: Executor,
  query: { readonly accountKey: string; readonly afterId: string; readonly limit: number },
): Promise<readonly ShadowReview[]> {
  const rows = await executor.execute<{ id: string; is_open: boolean; wallet: string | null }>(sql`
    select r.deposit_id as id, r.closed_at is null as is_open, w.id as wallet
      from reviews r
      join deposits d on d.id = r.deposit_id
      left join wallets w on r.reason = 'shadow' and w.code = r.candidates[1]
     where d.bank_account_key = ${query.accountKey} and r.deposit_id > ${query.afterId}
     order by r.deposit_id limit ${query.limit}`);
  return rows.map((row) => ({
    depositId: row.id,
    isOpen: row.is_open,
    codeWalletId: row.wallet,
  }));
}
