import { log } from '@temporalio/activity';
import type { Transaction } from '../db/client.ts';
import { newId } from '../db/new-id.ts';
import { expireProposals, findOpenProposal, insertDecision } from '../db/queries/decisions.ts';
import { lockReviewRound, markProgress, reopenReview } from '../db/queries/reviews.ts';
import { lockDeposits, type DepositFacts } from '../db/queries/settlement.ts';
import { dueSteps, scheduleReview } from '../domain/review/aging.ts';
import type { ActivityDependencies } from './dependencies.ts';

/**
 * Does what the stored schedule of a review asks for at `at`, the workflow's time: reminds, escalates, or ends the round
 * and opens the next. What was done is recorded with it, so a repeat finds nothing left to do.
 */
export async function followReview(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string; readonly at: string },
): Promise<void> {
  const { depositId } = input;
  const now = new Date(input.at);
  await dependencies.database.transaction(async (tx) => {
    // In the order of whoever settles the deposit: first its row, then its review's.
    const [deposit] = await lockDeposits(tx, [depositId]);
    const round = await lockReviewRound(tx, depositId);
    if (deposit?.state !== 'in_review' || round === null) return;
    const { schedule, progress } = round;
    const due = dueSteps(schedule, progress, now);
    if (due.runsOut) {
      await runOut(dependencies, tx, deposit, now);
      return;
    }
    await markProgress(tx, depositId, {
      remindersSent: due.reminders,
      escalatedAt: due.escalates ? now : null,
    });
    // Said before the commit: a reminder that is said twice is better than none.
    if (due.reminders > progress.remindersSent)
      log.warn('review still waits for a decision', { depositId, reminder: due.reminders });
    if (due.escalates) log.error('review was escalated', { alert: 'review.escalated', depositId });
  });
}

/** The money stays in suspense, and the review is opened again: no deposit is ever left without a deadline. */
async function runOut(
  dependencies: ActivityDependencies,
  tx: Transaction,
  deposit: DepositFacts,
  now: Date,
): Promise<void> {
  const { aging, reviewFinal } = dependencies.settings;
  const { depositId } = deposit;
  await reopenReview(tx, depositId, now, scheduleReview(now, aging));
  if (reviewFinal === 'propose_return') await proposeReturn(tx, deposit, now);
  log.error('review ran out and was opened again', { alert: 'review.overdue', depositId });
}

/** A proposal as a person's: it asks for the payer's bank details and for two persons. One that waits already is left alone. */
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
