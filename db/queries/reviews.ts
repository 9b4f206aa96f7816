import { sql } from 'drizzle-orm';
import type { ReviewProgress, ReviewSchedule } from '../../domain/review/aging.ts';
import type { ReviewReason } from '../../domain/review/review-reasons.ts';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';

/** A review as its workflow needs it. */
export interface OpenReview {
  readonly reason: string;
  readonly schedule: ReviewSchedule;
  readonly progress: ReviewProgress;
  /** Approved decisions that no workflow has carried out yet, oldest first. */
  readonly waitingDecisionIds: readonly string[];
}

/**
 * Puts captured deposits into review, all with the same schedule; others are left alone. A closed review is reopened.
 */
export async function openReviews(
  tx: Transaction,
  rows: readonly {
    readonly depositId: string;
    readonly reason: ReviewReason;
    readonly candidates: readonly string[];
  }[],
  schedule: ReviewSchedule,
): Promise<void> {
  if (rows.length === 0) return;
  const { remindAt, escalateAt, dueAt } = toParams(schedule);
  await tx.execute(sql`
    select open_reviews(${param(rows.map((row) => row.depositId))}::text[], ${param(rows.map((row) => row.reason))}::text[],
                        ${JSON.stringify(rows.map((row) => row.candidates))}::jsonb, ${remindAt}::timestamptz[],
                        ${escalateAt}::timestamptz, ${dueAt}::timestamptz)`);
}

type RoundRow = {
  reason: string;
  due_at: string;
  remind_at: string[];
  escalate_at: string | null;
  escalated_at: string | null;
  reminders_sent: number;
};

const ROUND_COLUMNS = sql`r.reason, r.due_at::text, r.remind_at::text[], r.escalate_at::text, r.escalated_at::text, r.reminders_sent`;

function toRound(row: RoundRow): Pick<OpenReview, 'schedule' | 'progress'> {
  return {
    schedule: {
      remindAt: row.remind_at.map((at) => new Date(at)),
      escalateAt: row.escalate_at === null ? null : new Date(row.escalate_at),
      dueAt: new Date(row.due_at),
    },
    progress: { remindersSent: row.reminders_sent, isEscalated: row.escalated_at !== null },
  };
}

export async function findOpenReview(
  executor: Executor,
  depositId: string,
): Promise<OpenReview | null> {
  const rows = await executor.execute<RoundRow & { decision_ids: string[] }>(sql`
    select ${ROUND_COLUMNS},
           coalesce((select array_agg(c.id order by c.proposed_at, c.id) from decisions c
                      where c.deposit_id = r.deposit_id and c.state = 'approved'), '{}') as decision_ids
      from reviews r join deposits d on d.id = r.deposit_id
     where r.deposit_id = ${depositId} and d.state = 'in_review'`);
  const row = rows[0];
  if (row === undefined) return null;
  return { reason: row.reason, ...toRound(row), waitingDecisionIds: row.decision_ids };
}

/** Locks the current round of an open review; null if it is closed or was never opened. */
export async function lockReviewRound(
  tx: Transaction,
  depositId: string,
): Promise<Pick<OpenReview, 'schedule' | 'progress'> | null> {
  const rows = await tx.execute<RoundRow>(sql`
    select ${ROUND_COLUMNS} from reviews r where r.deposit_id = ${depositId} and r.closed_at is null for update`);
  return rows[0] === undefined ? null : toRound(rows[0]);
}

/** Gives an open review the reason that is left, with its suggestions. */
export async function restateReview(
  tx: Transaction,
  depositId: string,
  now: { readonly reason: ReviewReason; readonly candidates: readonly string[] },
): Promise<void> {
  await tx.execute(sql`
    select restate_review(${depositId}, ${now.reason}, ${param(now.candidates)}::text[])`);
}

/** Records the progress of the current round: the count of reminders, and the time of escalation. */
export async function markProgress(
  tx: Transaction,
  depositId: string,
  done: { readonly remindersSent: number; readonly escalatedAt: Date | null },
): Promise<void> {
  await tx.execute(sql`
    update reviews set reminders_sent = ${done.remindersSent},
           escalated_at = coalesce(escalated_at, ${done.escalatedAt?.toISOString() ?? null}::timestamptz)
     where deposit_id = ${depositId}`);
}

/** Reopens a review that passed its deadline: the next round, escalated, with a new schedule. */
export async function reopenReview(
  tx: Transaction,
  depositId: string,
  ranOutAt: Date,
  schedule: ReviewSchedule,
): Promise<void> {
  const { remindAt, escalateAt, dueAt } = toParams(schedule);
  await tx.execute(sql`
    update reviews set round = round + 1, reminders_sent = 0, overdue_at = ${ranOutAt.toISOString()}::timestamptz,
           escalated_at = coalesce(escalated_at, ${ranOutAt.toISOString()}::timestamptz), remind_at = ${remindAt}::timestamptz[],
           escalate_at = ${escalateAt}::timestamptz, due_at = ${dueAt}::timestamptz
     where deposit_id = ${depositId}`);
}

/** Gives an open review the schedule that a person asked for; it is no longer overdue or escalated. */
export async function postponeReview(
  tx: Transaction,
  depositId: string,
  schedule: ReviewSchedule,
): Promise<void> {
  const { remindAt, escalateAt, dueAt } = toParams(schedule);
  await tx.execute(sql`
    update reviews set reminders_sent = 0, overdue_at = null, escalated_at = null, remind_at = ${remindAt}::timestamptz[],
           escalate_at = ${escalateAt}::timestamptz, due_at = ${dueAt}::timestamptz
     where deposit_id = ${depositId} and closed_at is null`);
}

function toParams(schedule: ReviewSchedule) {
  return {
    remindAt: param(schedule.remindAt.map((at) => at.toISOString())),
    escalateAt: schedule.escalateAt?.toISOString() ?? null,
    dueAt: schedule.dueAt.toISOString(),
  };
}
