import { heartbeat } from '@temporalio/activity';
import { lockWaitingDeposits } from '../db/queries/settlement.ts';
import { publishNotifications } from '../db/queries/publication.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { creditDeposits } from '../app/credit/credit-deposits.ts';

/** Deposits in one transaction: larger batches hold their locks too long (reference figures in docs/performance.md). */
const BATCH_SIZE = 250;

/** How far the backlog lane got. */
export interface SettleBacklogOutput {
  readonly credited: number;
  /** Left for workflows: a person must decide them. */
  readonly left: number;
}

/**
 * The backlog lane: credits every exact match that waits on an account, set-based, and leaves the rest for workflows.
 * The same function and keys as the single deposit, so the two lanes may meet on one deposit.
 */
export async function settleBacklog(
  dependencies: Pick<ActivityDependencies, 'database'>,
  input: { readonly accountKey: string },
  onBatch: (credited: number) => void = heartbeat,
): Promise<SettleBacklogOutput> {
  let credited = 0;
  let left = 0;
  let afterId = '';
  for (;;) {
    const batch = await dependencies.database.transaction(async (tx) => {
      const deposits = await lockWaitingDeposits(tx, {
        accountKey: input.accountKey,
        afterId,
        limit: BATCH_SIZE,
      });
      const settled = await creditDeposits(tx, deposits, 'backlog');
      await publishNotifications(tx, settled.creditedIds);
      return { lastId: deposits.at(-1)?.depositId, size: deposits.length, settled };
    });
    credited += batch.settled.creditedIds.length;
    left += batch.settled.reviews.length;
    onBatch(credited);
    if (batch.lastId === undefined) return { credited, left };
    afterId = batch.lastId;
  }
}
