import { markOverdue, markReminded } from '../db/queries/reviews.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Records the n-th reminder of a review: the desk shows it, and a restarted workflow goes on after it. */
export async function remindReviewers(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string; readonly reminder: number },
): Promise<void> {
  await markReminded(dependencies.database, input.depositId, input.reminder);
}

/** Marks a review overdue. The money stays in suspense; a later decision opens the next round of the workflow. */
export async function closeOverdue(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string },
): Promise<void> {
  await dependencies.database.transaction((tx) => markOverdue(tx, input.depositId));
}
