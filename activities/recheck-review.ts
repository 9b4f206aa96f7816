import { recheckReview as recheck, type RecheckOutcome } from '../app/credit/recheck-review.ts';
import type { ActivityDependencies } from './dependencies.ts';

export interface RecheckReviewOutput {
  readonly outcome: RecheckOutcome;
}

/** Credits a deposit in review if the cause of the review is gone. */
export async function recheckReview(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly depositId: string },
): Promise<RecheckReviewOutput> {
  return { outcome: await recheck(database, input.depositId) };
}
