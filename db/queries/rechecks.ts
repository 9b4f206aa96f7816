import { sql, type SQL } from 'drizzle-orm';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import {
  REASONS_OF_CAUSES,
  REASONS_OF_READS,
  type ReasonOfCause,
} from '../../domain/review/review-reasons.ts';
import type { Executor } from '../client.ts';
import { literals } from '../param.ts';
import { IS_PROVED_SINCE } from './continuations.ts';
import { IS_OPEN_REVERSAL } from './open-reversals.ts';

/** Reviews that wait because of a reversal of this account that has just been paired or closed. */
export function listHeldByReversals(
  executor: Executor,
  query: { readonly accountKey: string; readonly limit: number },
): Promise<readonly DepositWorkflowRef[]> {
  const held = sql`r.reason = ${'reversed' satisfies ReasonOfCause} and d.bank_account_key = ${query.accountKey}`;
  return listReviews(executor, held, query.limit);
}

/** Reviews that wait because of the payer of this deposit, who was just removed from payer memory. */
export function listHeldByPayer(
  executor: Executor,
  query: { readonly depositId: string; readonly limit: number },
): Promise<readonly DepositWorkflowRef[]> {
  const held = sql`r.reason = ${'payer_conflict' satisfies ReasonOfCause} and exists (
    select 1 from lines l join lines k on k.counterparty_account = l.counterparty_account join deposits e on e.line_id = k.id
     where l.id = d.line_id and e.id = ${query.depositId})`;
  return listReviews(executor, held, query.limit);
}

/** Reviews of this account that waited for the proof of a statement which has one by now. */
export function listProvedSince(
  executor: Executor,
  query: { readonly accountKey: string; readonly limit: number },
): Promise<readonly DepositWorkflowRef[]> {
  const proved = sql`
    r.reason = ${'proof_absent' satisfies ReasonOfCause} and d.bank_account_key = ${query.accountKey} and ${IS_PROVED_SINCE}`;
  return listReviews(executor, proved, query.limit);
}

/**
 * Reviews of an account, or of all, whose line a read has told more about: its hold has ended, or another wording of it, which may
 * name the customer, came within the hour.
 */
export function listTold(
  executor: Executor,
  query: { readonly accountKey: string | null; readonly limit: number },
): Promise<readonly DepositWorkflowRef[]> {
  const told = sql`
    (${query.accountKey}::text is null or d.bank_account_key = ${query.accountKey}) and r.reason in ${literals(REASONS_OF_READS)} and d.hold_reason is null
    and (r.reason not in ('no_reference', 'guess_only') or exists (
      select 1 from sightings s
       where s.line_id = d.line_id and s.feed <> 'webhook' and s.evidence <> 'parts' and s.reference ~* 'CUS'
         and coalesce(s.ended_at, s.seen_at) > now() - interval '1 hour'))`;
  return listReviews(executor, told, query.limit);
}

/** For each reason, the condition that its cause is gone for deposit `d` of account `a` with review `r`. */
const IS_GONE: Readonly<Record<ReasonOfCause, SQL>> = {
  amount_over_limit: sql`a.amount_limit_minor is null or d.amount_minor <= a.amount_limit_minor`,
  payer_conflict: sql`a.payer_conflict = 'credit' or exists (
    select 1 from payer_revocations v join deposits e on e.id = v.deposit_id join lines k on k.id = e.line_id
      join lines l on l.counterparty_account = k.counterparty_account
     where l.id = d.line_id and v.revoked_at >= r.opened_at)`,
  proof_absent: IS_PROVED_SINCE,
  reversed: sql`not exists (
    select 1 from reversals r where r.bank_account_key = d.bank_account_key and ${IS_OPEN_REVERSAL})`,
};

/**
 * Reviews whose cause is gone: the limit was raised, the payer was removed from payer memory or is no longer checked,
 * no reversal is open. Only reviews with an open wallet, an open gate and a live account.
 */
export function listCauseGone(
  executor: Executor,
  limit: number,
): Promise<readonly DepositWorkflowRef[]> {
  const gone = sql`
    a.mode = 'live' and cardinality(r.candidates) = 1
    and exists (select 1 from wallets w where w.code = r.candidates[1] and w.status = 'open')
    and not exists (select 1 from gates g where g.scope in ('*', d.bank_account_key) and g.state = 'closed')
    and case r.reason ${sql.join(
      REASONS_OF_CAUSES.map((reason) => sql`when ${reason} then ${IS_GONE[reason]}`),
      sql` `,
    )} else false end`;
  return listReviews(executor, gone, limit);
}

async function listReviews(
  executor: Executor,
  which: SQL,
  limit: number,
): Promise<readonly DepositWorkflowRef[]> {
  const rows = await executor.execute<{
    id: string;
    account: string;
    key: string;
    round: number;
  }>(sql`
    select d.id, d.bank_account_key as account, d.transaction_key as key, d.workflow_round as round
      from reviews r join deposits d on d.id = r.deposit_id join bank_accounts a on a.key = d.bank_account_key
     where r.closed_at is null and ${which}
     order by d.captured_at, d.id limit ${limit}`);
  return rows.map((row) => ({
    depositId: row.id,
    accountKey: row.account,
    transactionKey: row.key,
    round: row.round,
  }));
}
