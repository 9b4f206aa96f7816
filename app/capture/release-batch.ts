import type { Transaction } from '../../db/client.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { lockBankAccountForCapture, releaseHolds } from '../../db/queries/capture.ts';
import { findHeldBatch } from '../../db/queries/repeat-counts.ts';
import type { LocalDate } from '../../domain/local-date.ts';

/**
 * Ends the holds of a day's credits that looked like an earlier day's batch, booked again, because a person says that they
 * are new. Each then credits by its own code. Answers the deposits that were held; a repeat finds none.
 */
export async function releaseBatch(
  tx: Transaction,
  batch: {
    readonly accountKey: string;
    readonly day: LocalDate;
    /** Why; kept permanently in the audit trail. */
    readonly reason: string;
  },
): Promise<readonly string[]> {
  const { accountKey, day, reason } = batch;
  await lockBankAccountForCapture(tx, accountKey);
  const depositIds = await releaseHolds(tx, accountKey, await findHeldBatch(tx, accountKey, day));
  if (depositIds.length === 0) return [];
  await recordAudit(tx, {
    action: 'bank_account.batch_released',
    subjectKind: 'bank_account',
    subjectId: accountKey,
    before: null,
    after: { day, deposits: String(depositIds.length) },
    why: reason,
  });
  return depositIds;
}
