import { lockDeposits } from '../db/queries/settlement.ts';
import type { ReviewReason } from '../domain/review/review-reasons.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { creditDeposits } from '../app/credit/credit-deposits.ts';

export type CreditWalletOutput =
  /** Also when an earlier attempt, or the backlog lane, had credited it. */
  | { readonly outcome: 'credited' }
  | { readonly outcome: 'review'; readonly reason: ReviewReason }
  /** Crediting is stopped for the account: it waits, and is tried again when the gate opens. */
  | { readonly outcome: 'gated' }
  | { readonly outcome: 'settled' };

/**
 * Credits one deposit: journal, balances, state and notification row in one transaction, once for all time by the
 * unique key on its terminal journal. What `validateCode` saw is checked again under the row locks.
 */
export async function creditWallet(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string },
): Promise<CreditWalletOutput> {
  return dependencies.database.transaction(async (tx): Promise<CreditWalletOutput> => {
    const deposits = await lockDeposits(tx, [input.depositId]);
    const [deposit] = deposits;
    if (deposit?.state === 'credited') return { outcome: 'credited' };
    if (deposit?.state !== 'captured') return { outcome: 'settled' };
    const settled = await creditDeposits(tx, deposits, 'workflow');
    if (settled.gatedIds.length > 0) return { outcome: 'gated' };
    const [review] = settled.reviews;
    return review === undefined
      ? { outcome: 'credited' }
      : { outcome: 'review', reason: review.owner.reason };
  });
}
