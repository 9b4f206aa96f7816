import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import {
  BANK_EVENT_SIGNAL,
  decisionWorkflowId,
  depositWorkflowId,
  RESOLVE_SIGNAL,
  WAKE_SIGNAL,
  TASK_QUEUE,
  WORKFLOW,
  type BankEventInput,
  type DepositInput,
  type ResolveDepositInput,
  type WakeInput,
} from '../workflows/contract.ts';

function optionsFor(ref: DepositWorkflowRef) {
  const { accountKey, depositId, transactionKey, round } = ref;
  const input: DepositInput = { depositId, accountKey };
  return {
    workflowId: depositWorkflowId(accountKey, transactionKey, round),
    taskQueue: TASK_QUEUE,
    args: [input] as [DepositInput],
    staticSummary: `${accountKey} · ${transactionKey}`,
  };
}

/**
 * Starts the workflow of a deposit that should have one. A run that failed or was terminated is started again under
 * its id; one that runs, or that completed, is left alone.
 */
export function createStartDeposit(client: Client): ActivityDependencies['startDeposit'] {
  return async (ref) => {
    try {
      await client.workflow.start(WORKFLOW.deposit, {
        ...optionsFor(ref),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'FAIL',
      });
      return 'started';
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { status } = await client.workflow.getHandle(error.workflowId).describe();
      return status.name === 'COMPLETED' ? 'ended' : 'running';
    }
  };
}

/** Rings the bell of a deposit: starts its workflow if it has none. A completed one has nothing left to hear. */
export function createSignalDeposit(
  client: Client,
): (ref: DepositWorkflowRef, event: BankEventInput) => Promise<void> {
  return (ref, event) =>
    signalDeposit(client, ref, { name: BANK_EVENT_SIGNAL, args: [event] }, 'REJECT_DUPLICATE');
}

/** Hands a decision in once more: its row waits, and whoever wrote it may not have reached Temporal. */
export function createDeliverDecision(
  client: Client,
): (ref: DepositWorkflowRef, decisionId: string) => Promise<void> {
  return (ref, decisionId) =>
    signalDeposit(
      client,
      ref,
      { name: RESOLVE_SIGNAL, args: [{ decisionId }] },
      'ALLOW_DUPLICATE_FAILED_ONLY',
    );
}

/** Has a decision carried out by a workflow of its own. A repeat finds the first, or tries once more: the row is carried out once. */
export function createStartDecision(client: Client): ActivityDependencies['startDecision'] {
  return async (input) => {
    await client.workflow.start(WORKFLOW.decide, {
      workflowId: decisionWorkflowId(input.decisionId),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  };
}

/** Has a waiting deposit look again at what its rows say now. */
export function createWakeDeposit(client: Client): ActivityDependencies['wakeDeposit'] {
  return (ref, input) =>
    signalDeposit(client, ref, { name: WAKE_SIGNAL, args: [input] }, 'ALLOW_DUPLICATE_FAILED_ONLY');
}

async function signalDeposit(
  client: Client,
  ref: DepositWorkflowRef,
  signal: {
    readonly name: string;
    readonly args: [BankEventInput | ResolveDepositInput | WakeInput];
  },
  workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY',
): Promise<void> {
  try {
    await client.workflow.signalWithStart(WORKFLOW.deposit, {
      ...optionsFor(ref),
      signal: signal.name,
      signalArgs: signal.args,
      workflowIdReusePolicy,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
