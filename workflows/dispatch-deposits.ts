import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { batches, records } from './activity-options.ts';
import { depositStart } from './contract.ts';
import { deposit } from './deposit.ts';

const PAGE_SIZE = 100;
/** Starts cost about three events each: ten pages keep a run well below the server's suggestion to continue as new. */
const PAGES_PER_RUN_MAX = 10;

type Claimed = Awaited<ReturnType<typeof records.claimUndispatched>>[number];

/**
 * Dispatches every captured deposit of an account: first through the backlog lane if too many wait, then with one child
 * workflow each. Returns false if pages are left for the next run of the chain.
 */
export async function dispatchDeposits(accountKey: string): Promise<boolean> {
  const plan = await records.planDispatch({ accountKey });
  if (plan.lane === 'backlog') await batches.settleBacklog({ accountKey });
  for (let page = 0; page < PAGES_PER_RUN_MAX; page += 1) {
    if (plan.waiting === 0) return true;
    const claimed = await records.claimUndispatched({ accountKey, limit: PAGE_SIZE });
    if (claimed.length === 0) return true;
    const starts = await Promise.allSettled(claimed.map(startDeposit));
    const depositIds = claimed
      .filter((_, index) => starts[index]?.status === 'fulfilled')
      .map(({ depositId }) => depositId);
    await records.markDispatched({ depositIds });
    const refused = starts.find((start) => start.status === 'rejected');
    if (refused !== undefined) throw refused.reason;
    if (claimed.length < PAGE_SIZE) return true;
    if (workflowInfo().continueAsNewSuggested) return false;
  }
  return false;
}

/** It awaits starts, never results; a child that is running or has run is a success. */
async function startDeposit(claimed: Claimed): Promise<void> {
  try {
    await startChild(deposit, {
      ...depositStart(claimed),
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
