import type { Database } from '../../db/client.ts';
import { findOpenReview, openReviews, type OpenReview } from '../../db/queries/reviews.ts';
import { findDepositFacts } from '../../db/queries/settlement.ts';
import { scheduleReview, type AgingPolicy } from '../../domain/review/aging.ts';
import type { ReviewReason } from '../../domain/review/review-reasons.ts';
import { codesOf, readReferences } from '../../domain/reference/reference.ts';

/**
 * Puts a captured deposit into review, or takes over its open review with the schedule that it has. `reason` is null if
 * the review exists. Answers null if the deposit already has an outcome.
 */
export async function openReview(
  database: Database,
  context: { readonly clock: () => Date; readonly aging: AgingPolicy },
  input: { readonly depositId: string; readonly reason: ReviewReason | null },
): Promise<OpenReview | null> {
  const { depositId, reason } = input;
  if (reason !== null) {
    const schedule = scheduleReview(context.clock(), context.aging);
    const candidates = await readCodes(database, depositId);
    await database.transaction((tx) =>
      openReviews(tx, [{ depositId, reason, candidates }], schedule),
    );
  }
  return findOpenReview(database, depositId);
}

/** The codes that the deposit's references may mean; they never credit. */
async function readCodes(database: Database, depositId: string): Promise<readonly string[]> {
  const deposit = await findDepositFacts(database, depositId);
  return deposit === null ? [] : codesOf(readReferences(deposit.texts));
}
