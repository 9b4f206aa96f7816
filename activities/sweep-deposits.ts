import { heartbeat } from '@temporalio/activity';
import { endStaleDecisions } from '../app/decide/end-stale.ts';
import {
  listBackloggedAccounts,
  listOpenDeposits,
  listWaitingDecisions,
  markDispatched,
  startNextWorkflowRound,
} from '../db/queries/deposit-workflows.ts';
import { listForgottenFiles } from '../db/queries/statement-files.ts';
import { listLateOwned } from '../db/queries/late-owners.ts';
import { publishForgotten } from '../db/queries/publication.ts';
import { listOverdueClaims } from '../db/queries/claims.ts';
import { listUnprovedAccounts } from '../db/queries/day-proofs.ts';
import { listUndrainedGates } from '../db/queries/gates.ts';
import { listAccountsWithReversals } from '../db/queries/reversals.ts';
import { listCauseGone } from '../db/queries/rechecks.ts';
import { checkClaim } from './check-claim.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { drainGate } from './drain-gate.ts';
import { followUp } from './follow-up.ts';
import { wakeTold } from './wake-held.ts';
import { settleBacklog } from './settle-backlog.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';

const PAGE_SIZE = 100;
const PUBLISH_LIMIT = 1_000;

/**
 * Recovers lost work: starts a workflow for each deposit that should have one and has none (a lost start, a terminated
 * run, a deleted Temporal database), imports statement files whose import never ended, and publishes unpublished
 * notifications. Starts are idempotent, so running workflows are not disturbed.
 */
export async function sweepDeposits(
  dependencies: ActivityDependencies,
  input: { readonly olderThanMs: number },
): Promise<{
  readonly restarted: number;
  readonly settled: number;
  readonly published: number;
  readonly imported: number;
}> {
  const { database, settings } = dependencies;
  let settled = 0;
  for (const accountKey of await listBackloggedAccounts(database, {
    ...input,
    bulkAbove: settings.bulkAbove,
  })) {
    settled += (await settleBacklog(dependencies, { accountKey })).credited;
  }
  for (const claimId of await listOverdueClaims(database, PAGE_SIZE))
    await checkClaim(dependencies, { claimId });
  for (const ref of await listLateOwned(database, { walletId: null, limit: PUBLISH_LIMIT }))
    await dependencies.wakeDeposit(ref, { reason: 'late_owner' });
  for (const ref of await listCauseGone(database, PUBLISH_LIMIT))
    await dependencies.wakeDeposit(ref, { reason: 'cause_gone' });
  await wakeTold(dependencies, null);
  for (const scope of await listUndrainedGates(database)) await drainGate(dependencies, { scope });
  const toFollow = new Set([
    ...(await listAccountsWithReversals(database)),
    ...(await listUnprovedAccounts(database)),
  ]);
  for (const accountKey of toFollow) await followUp(dependencies, { accountKey });
  const restarted = await restartLost(dependencies, input.olderThanMs);
  await deliverDecisions(dependencies, input.olderThanMs);
  const imported = await importForgotten(dependencies, input.olderThanMs);
  const published = await publishForgotten(database, PUBLISH_LIMIT);
  return { restarted, settled, published, imported };
}

async function restartLost(
  dependencies: ActivityDependencies,
  olderThanMs: number,
): Promise<number> {
  const { database } = dependencies;
  let restarted = 0;
  let afterId = '';
  for (;;) {
    const page = await listOpenDeposits(database, { olderThanMs, afterId, limit: PAGE_SIZE });
    const last = page.at(-1);
    if (last === undefined) return restarted;
    const starts = await Promise.all(page.map((ref) => startOrReopen(dependencies, ref)));
    restarted += starts.filter(Boolean).length;
    const depositIds = page.map((ref) => ref.depositId);
    await markDispatched(database, depositIds);
    heartbeat(restarted);
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

/** Imports each file that was stored while Temporal could not be reached, or whose import was lost. */
async function importForgotten(
  { database, startImport }: ActivityDependencies,
  olderThanMs: number,
): Promise<number> {
  const files = await listForgottenFiles(database, { olderThanMs, limit: PAGE_SIZE });
  for (const file of files) {
    await startImport(file);
    heartbeat(file.fileId);
  }
  return files.length;
}

/**
 * Delivers decisions that were stored while Temporal could not be reached; a workflow that already has the decision
 * ignores it. Ends proposals that expired without approval or were overtaken.
 */
async function deliverDecisions(
  dependencies: ActivityDependencies,
  olderThanMs: number,
): Promise<void> {
  await endStaleDecisions(dependencies.database);
  const waiting = await listWaitingDecisions(dependencies.database, {
    olderThanMs,
    limit: PUBLISH_LIMIT,
  });
  for (const { ref, decisionId, isInReview } of waiting) {
    if (isInReview) await dependencies.deliverDecision(ref, decisionId);
    else await dependencies.startDecision({ depositId: ref.depositId, decisionId });
    heartbeat(decisionId);
  }
}
