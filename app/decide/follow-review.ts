import type { Database, Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { expireProposals, findOpenProposal, insertDecision } from '../../db/queries/decisions.ts';
import { lockReviewRound, markProgress, reopenReview } from '../../db/queries/reviews.ts';
import { lockDeposits, type DepositFacts } from '../../db/queries/settlement.ts';
import { dueSteps, scheduleReview, type AgingPolicy } from '../../domain/review/aging.ts';

/** A step of a review's schedule that people must hear of. */
export type ReviewStep =
  | { readonly kind: 'reminded'; readonly reminder: number }
  | { readonly kind: 'escalated' }
  | { readonly kind: 'reopened' };

/** The policies by which a review that runs out is opened again. */
export interface FollowContext {
  readonly aging: AgingPolicy;
  /** What becomes of a review at its end: the money stays, or a return is proposed. */
  readonly reviewFinal: 'suspense' | 'propose_return';
  /** Reports a step, before its commit: a reminder that is said twice is better than none. */
  readonly report: (step: ReviewStep) => void;
}

/**
 * Takes the steps of a review's stored schedule that are due at `now`: reminds, escalates, or ends the round and opens
 * the next. The step is recorded with its effect, so a repeat finds nothing left to do.
 */
export async function followReview(
  database: Database,
  context: FollowContext,
  input: { readonly depositId: string; readonly now: Date },
): Promise<void> {
  const { depositId, now } = input;
  await database.transaction(async (tx) => {
    // In the lock order of every use case that settles a deposit: first its row, then its review's.
    const [deposit] = await lockDeposits(tx, [depositId]);
    const round = await lockReviewRound(tx, depositId);
    if (deposit?.state !== 'in_review' || round === null) return;
    const { schedule, progress } = round;
    const due = dueSteps(schedule, progress, now);
    if (due.runsOut) {
      await runOut(tx, context, deposit, now);
      return;
    }
    await markProgress(tx, depositId, {
      remindersSent: due.reminders,
      escalatedAt: due.escalates ? now : null,
    });
    if (due.reminders > progress.remindersSent)
      context.report({ kind: 'reminded', reminder: due.reminders });
    if (due.escalates) context.report({ kind: 'escalated' });
  });
}

/** The money stays in suspense, and the review is opened again: no deposit is ever left without a deadline. */
async function runOut(
  tx: Transaction,
  { aging, report, reviewFinal }: FollowContext,
  deposit: DepositFacts,
  now: Date,
): Promise<void> {
  await reopenReview(tx, deposit.depositId, now, scheduleReview(now, aging));
  if (reviewFinal === 'propose_return') await proposeReturn(tx, deposit, now);
  report({ kind: 'reopened' });
}

/** A proposal like a person's: it asks for the payer's bank details and for two persons. One that waits already stays. */
async function proposeReturn(tx: Transaction, deposit: DepositFacts, now: Date): Promise<void> {
  const { depositId, amountMinor, currency } = deposit;
  await expireProposals(tx, { now, depositId });
  if ((await findOpenProposal(tx, depositId)) !== null) return;
  await insertDecision(
    tx,
    {
      decisionId: newId('decision'),
      depositId,
      kind: 'return',
      amountMinor,
      currency,
      keepUntil: null,
      lineId: null,
      payer: null,
      reason: 'The review ran out without a decision.',
      allocations: [],
    },
    { proposedBy: null, needsApproval: true, expiresAt: null },
  );
}
