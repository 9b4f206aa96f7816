import type { Database } from '../../db/client.ts';
import { lockDeposits } from '../../db/queries/settlement.ts';
import type { ReviewReason } from '../../domain/review/review-reasons.ts';
import { creditDeposits } from './credit-deposits.ts';

export type CreditOutcome =
  /** Also if an earlier attempt or the backlog lane credited it. */
  | { readonly outcome: 'credited' }
  | { readonly outcome: 'review'; readonly reason: ReviewReason }
  /** Crediting is stopped for the account: the deposit waits and is retried when the gate opens. */
  | { readonly outcome: 'gated' }
  | { readonly outcome: 'settled' };

/**
 * Credits one deposit: journal, balances, state and notification row in one transaction, once only by the unique key on
 * its terminal journal. The owner is looked up again under the row locks.
 */
export async function creditOne(database: Database, depositId: string): Promise<CreditOutcome> {
  return database.transaction(async (tx): Promise<CreditOutcome> => {
    const deposits = await lockDeposits(tx, [depositId]);
    const [deposit] = deposits;
    if (deposit?.state === 'credited') return { outcome: 'credited' };
    if (deposit?.state !== 'captured') return { outcome: 'settled' };
    const credited = await creditDeposits(tx, deposits, 'workflow');
    if (credited.gatedIds.length > 0) return { outcome: 'gated' };
    const [review] = credited.reviews;
    return review === undefined
      ? { outcome: 'credited' }
      : { outcome: 'review', reason: review.owner.reason };
  });
}
