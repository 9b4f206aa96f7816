import type { Transaction } from '../../db/client.ts';
import { findDeposit } from '../../db/queries/deposits-read.ts';
import { lockReview } from '../../db/queries/review-work.ts';
import { CodedError } from '../../domain/errors.ts';

/**
 * Locks a review that is open.
 * @throws CodedError `deposit.not_found` · `deposit.already_settled` · `review.not_open`
 */
export async function lockOpenReview(tx: Transaction, depositId: string): Promise<void> {
  switch (await lockReview(tx, depositId)) {
    case 'open':
      return;
    case 'closed':
      throw new CodedError('deposit.already_settled', 'This deposit already has an outcome.');
    case 'none':
      if ((await findDeposit(tx, depositId)) === null)
        throw new CodedError('deposit.not_found', 'Deposit not found.');
      throw new CodedError('review.not_open', 'This deposit has never been in review.');
  }
}
