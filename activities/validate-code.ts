import { findDepositFacts } from '../db/queries/settlement.ts';
import { CodedError } from '../domain/errors.ts';
import type { ReviewReason } from '../domain/review/review-reasons.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { findOwners } from '../app/credit/credit-deposits.ts';

export type ValidateCodeOutput =
  | { readonly outcome: 'matched'; readonly walletId: string }
  | { readonly outcome: 'review'; readonly reason: ReviewReason }
  /** The deposit is already in review: this workflow takes the review over. */
  | { readonly outcome: 'in_review' }
  | { readonly outcome: 'settled' };

/**
 * Finds the owner of a deposit from its references. Reads only, so it is safe to run again.
 * @throws CodedError `deposit.not_found`
 */
export async function validateCode(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string },
): Promise<ValidateCodeOutput> {
  const deposit = await findDepositFacts(dependencies.database, input.depositId);
  if (deposit === null)
    throw new CodedError('deposit.not_found', `Deposit not found: ${input.depositId}.`);
  if (deposit.state === 'in_review') return { outcome: 'in_review' };
  if (deposit.state !== 'captured') return { outcome: 'settled' };
  const [found] = await findOwners(dependencies.database, [deposit]);
  if (found === undefined) throw new RangeError('findOwners answers for each deposit.');
  return found.owner.kind === 'wallet'
    ? { outcome: 'matched', walletId: found.owner.walletId }
    : { outcome: 'review', reason: found.owner.reason };
}
