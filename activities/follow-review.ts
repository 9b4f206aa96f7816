import { log } from '@temporalio/activity';
import type { Transaction } from '../db/client.ts';
import { lockReviewRound, markProgress, openNextRound } from '../db/queries/reviews.ts';
import { dueSteps, scheduleReview } from '../domain/aging.ts';
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
    const round = await lockReviewRound(tx, depositId);
    if (round === null) return;
    const { schedule, progress } = round;
    const due = dueSteps(schedule, progress, now);
    if (due.runsOut) {
      await runOut(dependencies, tx, depositId, now);
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
  depositId: string,
  now: Date,
): Promise<void> {
  await openNextRound(tx, depositId, now, scheduleReview(now, dependencies.settings.aging));
  log.error('review ran out and was opened again', { alert: 'review.overdue', depositId });
}
