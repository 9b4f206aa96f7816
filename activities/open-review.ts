import { findDepositFacts } from '../db/queries/settlement.ts';
import { findOpenReview, openReviews } from '../db/queries/reviews.ts';
import { nextStepAt, scheduleReview } from '../domain/review/aging.ts';
import type { ReviewReason } from '../domain/review/review-reasons.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { findOwners } from '../app/credit/credit-deposits.ts';

export type OpenReviewOutput =
  | {
      readonly outcome: 'in_review';
      readonly reason: string;
      /** ISO instants: the deadline, and when the review next asks to be followed. */
      readonly dueAt: string;
      readonly nextAt: string;
      /** Decisions that were written while no workflow was there to take them. */
      readonly waitingDecisionIds: readonly string[];
    }
  | { readonly outcome: 'settled' };

/**
 * Puts a captured deposit into review, or takes over the review that is open already, with its own schedule.
 * `reason` is null where the review exists.
 */
export async function openReview(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string; readonly reason: ReviewReason | null },
): Promise<OpenReviewOutput> {
  const { database, settings } = dependencies;
  const { depositId, reason } = input;
  if (reason !== null) {
    const schedule = scheduleReview(dependencies.clock(), settings.aging);
    const candidates = await suggest(dependencies, depositId);
    await database.transaction((tx) =>
      openReviews(tx, [{ depositId, reason, candidates }], schedule),
    );
  }
  const review = await findOpenReview(database, depositId);
  if (review === null) return { outcome: 'settled' };
  return {
    outcome: 'in_review',
    reason: review.reason,
    dueAt: review.schedule.dueAt.toISOString(),
    nextAt: nextStepAt(review.schedule, review.progress).toISOString(),
    waitingDecisionIds: review.waitingDecisionIds,
  };
}

/** Codes for a person to look at; they never credit. */
async function suggest(
  dependencies: ActivityDependencies,
  depositId: string,
): Promise<readonly string[]> {
  const deposit = await findDepositFacts(dependencies.database, depositId);
  if (deposit === null) return [];
  const [found] = await findOwners(dependencies.database, [deposit]);
  return found?.owner.kind === 'review' ? found.owner.candidates : [];
}
