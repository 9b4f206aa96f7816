import type { Database } from '../../db/client.ts';
import { findOpenReview } from '../../db/queries/reviews.ts';
import { lockDeposits } from '../../db/queries/settlement.ts';
import { CLEARABLE_REASONS } from '../../domain/review/review-reasons.ts';
import { creditDeposits } from './credit-deposits.ts';

export type RecheckOutcome = 'credited' | 'waits' | 'settled';

/**
 * Credits a deposit in review if its reference now names exactly one open wallet, by the rules of any other deposit.
 * Safe to run twice: a deposit with an outcome stays as it is.
 */
export async function recheckReview(
  database: Database,
  depositId: string,
): Promise<RecheckOutcome> {
  return database.transaction(async (tx): Promise<RecheckOutcome> => {
    const deposits = await lockDeposits(tx, [depositId]);
    if (deposits[0]?.state !== 'in_review') return 'settled';
    const review = await findOpenReview(tx, depositId);
    if (review === null || !CLEARABLE_REASONS.has(review.reason)) return 'waits';
    const { creditedIds } = await creditDeposits(tx, deposits, 'workflow');
    return creditedIds.length === 1 ? 'credited' : 'waits';
  });
}
