import { sql } from 'drizzle-orm';
import type { ReviewReason } from '../../domain/review-reasons.ts';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';

/** A review as its workflow needs it. */
export interface OpenReview {
  readonly reason: string;
  readonly dueAt: string;
  readonly openedAt: string;
  readonly remindersSent: number;
  /** Decisions that no workflow has tried yet, oldest first. */
  readonly waitingDecisionIds: readonly string[];
}

/** Puts captured deposits into review, all with the same deadline; others are left alone. */
export async function openReviews(
  tx: Transaction,
  rows: readonly {
    readonly depositId: string;
    readonly reason: ReviewReason;
    readonly candidates: readonly string[];
  }[],
  dueAt: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    select open_reviews(${param(rows.map((row) => row.depositId))}::text[], ${param(rows.map((row) => row.reason))}::text[],
                        ${JSON.stringify(rows.map((row) => row.candidates))}::jsonb, ${dueAt.toISOString()}::timestamptz)`);
}

export async function findOpenReview(
  executor: Executor,
  depositId: string,
): Promise<OpenReview | null> {
  const rows = await executor.execute<{
    reason: string;
    due_at: string;
    opened_at: string;
    reminders_sent: number;
    decision_ids: string[];
  }>(sql`
    select r.reason, to_char(r.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as due_at,
           to_char(r.opened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as opened_at, r.reminders_sent,
           coalesce((select array_agg(c.id order by c.decided_at, c.id) from decisions c
                      where c.deposit_id = r.deposit_id and c.outcome is null), '{}') as decision_ids
      from reviews r join deposits d on d.id = r.deposit_id
     where r.deposit_id = ${depositId} and d.state = 'in_review'`);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    reason: row.reason,
    dueAt: row.due_at,
    openedAt: row.opened_at,
    remindersSent: row.reminders_sent,
    waitingDecisionIds: row.decision_ids,
  };
}

/** Records that the n-th reminder went out; a repeat changes nothing. */
export async function markReminded(
  executor: Executor,
  depositId: string,
  reminder: number,
): Promise<void> {
  await executor.execute(sql`
    update reviews set reminders_sent = greatest(reminders_sent, ${reminder}) where deposit_id = ${depositId}`);
}

/** Marks a review overdue; its deposit's next workflow is another round. Once only, however often it is called. */
export async function markOverdue(tx: Transaction, depositId: string): Promise<void> {
  await tx.execute(sql`
    with marked as (
      update reviews set overdue_at = now() where deposit_id = ${depositId} and overdue_at is null and closed_at is null returning deposit_id
    )
    update deposits d set workflow_round = d.workflow_round + 1 from marked m where d.id = m.deposit_id`);
}

/** A decision as written by the API, locked so that it is tried once. */
export interface DecisionFacts {
  readonly decisionId: string;
  readonly depositId: string;
  readonly kind: 'credit' | 'return';
  readonly walletId: string | null;
  readonly outcome: 'credited' | 'returned' | 'refused' | null;
  readonly refusal: string | null;
  readonly isByPerson: boolean;
}

export async function lockDecision(
  tx: Transaction,
  decisionId: string,
): Promise<DecisionFacts | null> {
  const rows = await tx.execute<{
    id: string;
    deposit_id: string;
    kind: DecisionFacts['kind'];
    wallet_id: string | null;
    outcome: DecisionFacts['outcome'];
    refusal: string | null;
    is_by_person: boolean;
  }>(sql`
    select c.id, c.deposit_id, c.kind, c.wallet_id, c.outcome, c.refusal, k.owner_kind = 'person' as is_by_person
      from decisions c join api_keys k on k.id = c.decided_by where c.id = ${decisionId} for update of c`);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    decisionId: row.id,
    depositId: row.deposit_id,
    kind: row.kind,
    walletId: row.wallet_id,
    outcome: row.outcome,
    refusal: row.refusal,
    isByPerson: row.is_by_person,
  };
}

export async function markDecision(
  tx: Transaction,
  decision: {
    readonly decisionId: string;
    readonly outcome: 'credited' | 'returned' | 'refused';
    readonly refusal: string | null;
  },
): Promise<void> {
  await tx.execute(sql`
    update decisions set outcome = ${decision.outcome}, refusal = ${decision.refusal}, applied_at = now()
     where id = ${decision.decisionId} and outcome is null`);
}
