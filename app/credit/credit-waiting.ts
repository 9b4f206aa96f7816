import type { Database } from '../../db/client.ts';
import { publishNotifications } from '../../db/queries/publication.ts';
import { lockWaitingDeposits } from '../../db/queries/settlement.ts';
import { creditDeposits, type CreditedDeposits } from './credit-deposits.ts';

/** Deposits in one transaction: larger batches keep their locks too long (see docs/performance.md). */
const BATCH_SIZE = 250;

/** One page of waiting deposits, in ID order, and their outcomes. */
export interface CreditedPage extends CreditedDeposits {
  readonly depositIds: readonly string[];
}

/** Credits every exact match of the next page of an account's waiting deposits, and publishes its notifications. */
export async function creditWaitingPage(
  database: Database,
  page: { readonly accountKey: string; readonly afterId: string; readonly limit: number },
): Promise<CreditedPage> {
  return database.transaction(async (tx) => {
    const deposits = await lockWaitingDeposits(tx, page);
    const credited = await creditDeposits(tx, deposits, 'backlog');
    await publishNotifications(tx, credited.creditedIds);
    return { ...credited, depositIds: deposits.map(({ depositId }) => depositId) };
  });
}

/** How far the backlog lane got. */
export interface CreditedBacklog {
  readonly credited: number;
  /** Deposits left for workflows: a person must decide them. */
  readonly left: number;
}

/**
 * The backlog lane: credits every exact match that waits on an account, set-based, and leaves the rest for workflows.
 * It uses the function and keys of the single deposit, so both lanes may safely meet on one deposit.
 */
export async function creditBacklog(
  database: Database,
  accountKey: string,
  onBatch: (credited: number) => void,
): Promise<CreditedBacklog> {
  let credited = 0;
  let left = 0;
  let afterId = '';
  for (;;) {
    const page = await creditWaitingPage(database, { accountKey, afterId, limit: BATCH_SIZE });
    credited += page.creditedIds.length;
    left += page.reviews.length;
    onBatch(credited);
    const last = page.depositIds.at(-1);
    if (last === undefined) return { credited, left };
    afterId = last;
  }
}
