import { ParentClosePolicy, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import { runIdOf, type DepositInput, type ReconcileInput } from '../../workflows/contract.ts';

const PAGE_SIZE = 100;

/** Every step goes through the server, as in a first draft of such a service. */
const steps = proxyActivities<Pick<Activities, 'validateCode' | 'creditWallet' | 'notifyCustomer'>>(
  {
    startToCloseTimeout: '5s',
  },
);

const parent = proxyActivities<
  Pick<
    Activities,
    'fetchLines' | 'claimUndispatched' | 'markDispatched' | 'awaitDeposits' | 'recordRun'
  >
>({ startToCloseTimeout: '90s', heartbeatTimeout: '20s' });

/** The life of a deposit as three regular activities. */
export async function naiveDeposit({ depositId }: DepositInput): Promise<void> {
  const validated = await steps.validateCode({ depositId });
  if (validated.outcome !== 'matched') return;
  const credited = await steps.creditWallet({ depositId });
  if (credited.outcome !== 'credited') return;
  await steps.notifyCustomer({ depositId });
}

/** The same paging parent as `reconcile`, with naive children. */
export async function naiveReconcile({ accountKey }: ReconcileInput): Promise<void> {
  const runId = runIdOf(workflowInfo().firstExecutionRunId);
  await parent.fetchLines({ accountKey, runId });
  for (;;) {
    const claimed = await parent.claimUndispatched({ accountKey, limit: PAGE_SIZE });
    if (claimed.length === 0) break;
    await Promise.all(
      claimed.map(({ depositId, transactionKey }) =>
        startChild(naiveDeposit, {
          workflowId: `naive/${accountKey}/${transactionKey}`,
          args: [{ depositId, accountKey }],
          parentClosePolicy: ParentClosePolicy.ABANDON,
          staticSummary: `${accountKey} · ${transactionKey}`,
        }),
      ),
    );
    await parent.markDispatched({ depositIds: claimed.map(({ depositId }) => depositId) });
    if (claimed.length < PAGE_SIZE) break;
  }
  await parent.awaitDeposits({ runId, atMostMs: 60_000 });
  await parent.recordRun({ runId, errorCode: null });
}
