import { heartbeat } from '@temporalio/activity';
import {
  listBackloggedAccounts,
  listOpenDeposits,
  markDispatched,
} from '../db/queries/dispatch.ts';
import { publishForgotten } from '../db/queries/publication.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { settleBacklog } from './settle-backlog.ts';

const PAGE_SIZE = 100;
const PUBLISH_LIMIT = 1_000;

/**
 * Looks after what was lost: deposits that should have a living workflow and have none (a lost start, a terminated
 * run, a Temporal database thrown away) get one, and notifications that were never published are. Starting is
 * idempotent, so a deposit whose workflow lives is left as it is.
 */
export async function sweepDeposits(
  dependencies: ActivityDependencies,
  input: { readonly olderThanMs: number },
): Promise<{ readonly restarted: number; readonly settled: number; readonly published: number }> {
  const { database, settings } = dependencies;
  let settled = 0;
  for (const accountKey of await listBackloggedAccounts(database, {
    ...input,
    bulkAbove: settings.bulkAbove,
  })) {
    settled += (await settleBacklog(dependencies, { accountKey })).credited;
  }
  let restarted = 0;
  let afterId = '';
  for (;;) {
    const page = await listOpenDeposits(database, { ...input, afterId, limit: PAGE_SIZE });
    const starts = await Promise.all(page.map((dispatch) => dependencies.startDeposit(dispatch)));
    restarted += starts.filter(Boolean).length;
    await markDispatched(
      database,
      page.map((dispatch) => dispatch.depositId),
    );
    heartbeat(restarted);
    const last = page.at(-1);
    if (last === undefined) break;
    afterId = last.depositId;
  }
  return { restarted, settled, published: await publishForgotten(database, PUBLISH_LIMIT) };
}
