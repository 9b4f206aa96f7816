import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger } from 'fastify';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import {
  claimWorkflowId,
  depositWorkflowId,
  drainGateWorkflowId,
  TASK_QUEUE,
  WAKE_SIGNAL,
  WORKFLOW,
  type ClaimInput,
  type DrainGateInput,
  type WakeInput,
} from '../workflows/contract.ts';

const CALL_DEADLINE_MS = 1_500;

/** What the API asks of Temporal without needing its answer: the rows are there, and the sweep does what was lost. */
export interface TemporalNudges {
  /** Has the deposits go that waited behind a gate. */
  drainGate(scope: string): Promise<void>;
  /** Has a claim wait for its deposit. */
  startClaim(claimId: string): Promise<void>;
  /** Has a review look again. */
  wakeDeposit(ref: DepositWorkflowRef, input: WakeInput): Promise<void>;
}

export function createNudges(
  client: Client,
  logger: Pick<FastifyBaseLogger, 'warn'>,
): TemporalNudges {
  const nudge = async (what: string, call: () => Promise<unknown>): Promise<void> => {
    try {
      await client.withDeadline(Date.now() + CALL_DEADLINE_MS, call);
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'unknown';
      logger.warn({ what, failure }, 'Temporal was not reached; the sweep does it');
    }
  };
  const start = (
    workflow: string,
    workflowId: string,
    input: DrainGateInput | ClaimInput,
  ): Promise<void> =>
    nudge(workflowId, () =>
      client.workflow.start(workflow, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    );
  return {
    drainGate: (scope) => start(WORKFLOW.drainGate, drainGateWorkflowId(scope), { scope }),
    startClaim: (claimId) => start(WORKFLOW.claim, claimWorkflowId(claimId), { claimId }),
    wakeDeposit: ({ accountKey, transactionKey, round, depositId }, input) =>
      nudge(depositId, () =>
        client.workflow
          .getHandle(depositWorkflowId(accountKey, transactionKey, round))
          .signal<[WakeInput]>(WAKE_SIGNAL, input),
      ),
  };
}
