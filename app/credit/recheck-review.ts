import type { Database } from '../../db/client.ts';
import { findOpenReview, restateReview } from '../../db/queries/reviews.ts';
import { hasLateOwner } from '../../db/queries/late-owners.ts';
import { lockDeposits } from '../../db/queries/settlement.ts';
import {
  CLEARABLE_REASONS,
  REASONS_OF_READS,
  REASONS_WITHOUT_WALLET,
} from '../../domain/review/review-reasons.ts';
import { creditDeposits } from './credit-deposits.ts';

export type RecheckOutcome = 'credited' | 'waits' | 'settled';

/**
 * Credits a deposit in review if its reference now names exactly one open wallet, by the rules of any other deposit. If no
 * wallet had its code before, only a registered code counts.
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
    if (isWithoutWallet(review.reason) && !(await hasLateOwner(tx, depositId))) return 'waits';
    const { creditedIds, reviews } = await creditDeposits(tx, deposits, 'workflow');
    const [left] = reviews;
    // Where a read has ended one reason, the review shows the one that is left.
    if (left !== undefined && isOfRead(review.reason) && left.owner.reason !== review.reason)
      await restateReview(tx, depositId, left.owner);
    return creditedIds.length === 1 ? 'credited' : 'waits';
  });
}

function isOfRead(reason: string): boolean {
  return REASONS_OF_READS.some((each) => each === reason);
}

function isWithoutWallet(reason: string): boolean {
  return REASONS_WITHOUT_WALLET.some((each) => each === reason);
}
