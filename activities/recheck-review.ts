import { findOpenReview } from '../db/queries/reviews.ts';
import { lockDeposits } from '../db/queries/settlement.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { creditDeposits } from '../app/credit/credit-deposits.ts';

/** Reasons that may go while a deposit waits, with nothing of the deposit itself in doubt. Any other is a person's to judge. */
const RECHECKED: ReadonlySet<string> = new Set([
  // A wallet was created or opened again.
  'unknown_code',
  'wallet_closed',
  'wallet_frozen',
  // The account's limit was raised.
  'amount_over_limit',
  // The payer was made forgotten.
  'payer_conflict',
  // The reversal was another deposit's.
  'reversed',
]);

export interface RecheckReviewOutput {
  readonly outcome: 'credited' | 'waits' | 'settled';
}

/**
 * Looks once more whether the reference of a deposit in review names exactly one open wallet, and credits that by the
 * rules of any other deposit. Safe to run twice: a deposit that is settled is left as it is.
 */
export async function recheckReview(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string },
): Promise<RecheckReviewOutput> {
  return dependencies.database.transaction(async (tx): Promise<RecheckReviewOutput> => {
    const deposits = await lockDeposits(tx, [input.depositId]);
    if (deposits[0]?.state !== 'in_review') return { outcome: 'settled' };
    const review = await findOpenReview(tx, input.depositId);
    if (review === null || !RECHECKED.has(review.reason)) return { outcome: 'waits' };
    const { creditedIds } = await creditDeposits(tx, deposits, 'workflow');
    return { outcome: creditedIds.length === 1 ? 'credited' : 'waits' };
  });
}
