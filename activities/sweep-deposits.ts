import { heartbeat } from '@temporalio/activity';
import { endStaleDecisions } from '../app/decide/end-stale.ts';
import { listOverdueClaims } from '../db/queries/claims.ts';
import {
  listOpenDeposits,
  listWaitingDecisions,
  markDispatched,
  startNextWorkflowRound,
} from '../db/queries/deposit-workflows.ts';
import { publishForgotten as publish } from '../db/queries/publication.ts';
import { listForgottenFiles } from '../db/queries/statement-files.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import { aFewAtOnce } from './a-few-at-once.ts';
import { checkClaim } from './check-claim.ts';
import { deliverWaiting } from './deliver-waiting.ts';
import type { ActivityDependencies } from './dependencies.ts';

const PAGE_SIZE = 100;
const LIMIT = 1_000;

/** What is older than this was lost, not late. */
interface Older {
  readonly olderThanMs: number;
}

/**
 * Starts a workflow for each deposit that should have one and has none: a lost start, a terminated run, a deleted Temporal
 * database. Starts are idempotent, so running workflows are not disturbed; a repeat goes on where an earlier attempt was,
 * since those deposits were dispatched a moment ago.
 */
export async function restartLost(
  dependencies: ActivityDependencies,
  { olderThanMs }: Older,
): Promise<{ readonly restarted: number }> {
  const { database } = dependencies;
  let restarted = 0;
  let afterId = '';
  for (;;) {
    const page = await listOpenDeposits(database, { olderThanMs, afterId, limit: PAGE_SIZE });
    const last = page.at(-1);
    if (last === undefined) return { restarted };
    const restart = async (ref: DepositWorkflowRef) => {
      if (await startOrReopen(dependencies, ref)) restarted += 1;
    };
    await aFewAtOnce(page, restart, () => heartbeat(restarted));
    await markDispatched(
      database,
      page.map((ref) => ref.depositId),
    );
    afterId = last.depositId;
  }
}

/**
 * If a workflow completed although its deposit is open, Postgres was restored to an earlier moment. The deposit then
 * gets the next round. True if a workflow was started.
 */
async function startOrReopen(
  dependencies: ActivityDependencies,
  ref: DepositWorkflowRef,
): Promise<boolean> {
  const start = await dependencies.startDeposit(ref);
  if (start !== 'ended') return start === 'started';
  const round = await startNextWorkflowRound(dependencies.database, ref);
  return round !== null && (await dependencies.startDeposit({ ...ref, round })) === 'started';
}

/**
 * Delivers decisions that were stored while Temporal could not be reached. Ends proposals that expired without approval or
 * were overtaken.
 */
export async function deliverDecisions(
  dependencies: ActivityDependencies,
  { olderThanMs }: Older,
): Promise<{ readonly delivered: number }> {
  const { database } = dependencies;
  await endStaleDecisions(database);
  const waiting = await listWaitingDecisions(database, { olderThanMs, limit: LIMIT });
  await aFewAtOnce(
    waiting,
    (decision) => deliverWaiting(dependencies, decision),
    ({ decisionId }) => heartbeat(decisionId),
  );
  return { delivered: waiting.length };
}

/** Imports each file that was stored while Temporal could not be reached, or whose import was lost. */
export async function importForgotten(
  { database, startImport }: Pick<ActivityDependencies, 'database' | 'startImport'>,
  { olderThanMs }: Older,
): Promise<{ readonly imported: number }> {
  const files = await listForgottenFiles(database, { olderThanMs, limit: PAGE_SIZE });
  await aFewAtOnce(files, startImport, ({ fileId }) => heartbeat(fileId));
  return { imported: files.length };
}

/** Ends claims that expired or were met while no workflow looked. */
export async function checkClaims(
  dependencies: Pick<ActivityDependencies, 'database'>,
): Promise<{ readonly checked: number }> {
  const claimIds = await listOverdueClaims(dependencies.database, PAGE_SIZE);
  for (const claimId of claimIds) {
    await checkClaim(dependencies, { claimId });
    heartbeat(claimId);
  }
  return { checked: claimIds.length };
}

/** Publishes notifications that were stored and not published. */
export async function publishForgotten({
  database,
}: Pick<ActivityDependencies, 'database'>): Promise<{ readonly published: number }> {
  return { published: await publish(database, LIMIT) };
}
