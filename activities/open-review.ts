import { openReview as openReviewOf } from '../app/decide/open-review.ts';
import { nextStepAt } from '../domain/review/aging.ts';
import type { ReviewReason } from '../domain/review/review-reasons.ts';
import type { ActivityDependencies } from './dependencies.ts';

export type OpenReviewOutput =
  | {
      readonly outcome: 'in_review';
      readonly reason: string;
      /** ISO instants: the deadline, and the time of the next step of the schedule. */
      readonly dueAt: string;
      readonly nextAt: string;
      /** Decisions that were stored while no workflow existed to take them. */
      readonly waitingDecisionIds: readonly string[];
    }
  | { readonly outcome: 'settled' };

/** Opens the review of a deposit, or takes over its open review. */
export async function openReview(
  { clock, database, settings }: ActivityDependencies,
  input: { readonly depositId: string; readonly reason: ReviewReason | null },
): Promise<OpenReviewOutput> {
  const review = await openReviewOf(database, { clock, aging: settings.aging }, input);
  if (review === null) return { outcome: 'settled' };
  return {
    outcome: 'in_review',
    reason: review.reason,
    dueAt: review.schedule.dueAt.toISOString(),
    nextAt: nextStepAt(review.schedule, review.progress).toISOString(),
    waitingDecisionIds: review.waitingDecisionIds,
  };
}
