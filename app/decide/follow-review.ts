import type { Database, Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { expireProposals, findOpenProposal, insertDecision } from '../../db/queries/decisions.ts';
import { lockReviewRound, markProgress, reopenReview } from '../../db/queries/reviews.ts';
import { lockDeposits, type DepositFacts } from '../../db/queries/settlement.ts';
import { dueSteps, scheduleReview, type AgingPolicy } from '../../domain/review/aging.ts';

/** A step of a review's schedule that people must be notified of. */
export type ReviewStep =
  | { readonly kind: 'reminded'; readonly reminder: number }
  | { readonly kind: 'escalated' }
  | { readonly kind: 'reopened' };

/** The policies that apply when a review passes its deadline. */
export interface FollowContext {
  readonly aging: AgingPolicy;
  /** At the end of a review the money stays in suspense, or Purser proposes a return. */
  readonly reviewFinal: 'suspense' | 'propose_return';
  /** Reports a step before its commit: a repeated reminder is better than none. */
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
    // Every use case that ends a deposit locks in this order: first its row, then its review's.
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

/** The money stays in suspense and the review is reopened: every open deposit has a deadline. */
async function runOut(
  tx: Transaction,
  { aging, report, reviewFinal }: FollowContext,
  deposit: DepositFacts,
  now: Date,
): Promise<void> {
  await reopenReview(tx, deposit.depositId, now, scheduleReview(now, aging));
  if (reviewFinal === 'propose_return') await proposeReturn(tx, deposit);
  report({ kind: 'reopened' });
}

/**
 * Like a person's, this proposal needs the payer's bank details and two people. A proposal that is already open stays.
 */
async function proposeReturn(tx: Transaction, deposit: DepositFacts): Promise<void> {
  const { depositId, amountMinor, currency } = deposit;
  await expireProposals(tx, depositId);
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
