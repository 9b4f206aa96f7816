import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import {
  BANK_EVENT_SIGNAL,
  depositStart,
  RESOLVE_SIGNAL,
  TASK_QUEUE,
  WAKE_SIGNAL,
  WORKFLOW,
  type BankEventInput,
  type ResolveDepositInput,
  type WakeInput,
} from '../workflows/contract.ts';

/**
 * Starts the workflow of a deposit that should have one. A failed or terminated run is started again under its ID; a
 * running or completed one is left alone, and the answer says which.
 */
export async function startDeposit(
  client: Client,
  ref: DepositWorkflowRef,
): Promise<'started' | 'running' | 'ended'> {
  try {
    await client.workflow.start(WORKFLOW.deposit, {
      ...depositStart(ref),
      taskQueue: TASK_QUEUE,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      workflowIdConflictPolicy: 'FAIL',
    });
    return 'started';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { status } = await client.workflow.getHandle(error.workflowId).describe();
    return status.name === 'COMPLETED' ? 'ended' : 'running';
  }
}

/**
 * Signals a webhook to a deposit's workflow and starts the workflow if there is none. A completed workflow needs no
 * signal.
 */
export async function signalBankEvent(
  client: Client,
  ref: DepositWorkflowRef,
  event: BankEventInput,
): Promise<void> {
  await signal(client, ref, { name: BANK_EVENT_SIGNAL, args: [event] }, 'REJECT_DUPLICATE');
}

/**
 * Makes a waiting deposit read its rows again. Starts its workflow if none is running and the last one did not
 * complete.
 */
export async function wakeDeposit(
  client: Client,
  ref: DepositWorkflowRef,
  input: WakeInput,
): Promise<void> {
  await signal(client, ref, { name: WAKE_SIGNAL, args: [input] }, 'ALLOW_DUPLICATE_FAILED_ONLY');
}

/**
 * Delivers a stored decision to its deposit's workflow. Starts the workflow if none is running and the last one did not
 * complete.
 */
export async function signalDecision(
  client: Client,
  ref: DepositWorkflowRef,
  decisionId: string,
): Promise<void> {
  await signal(
    client,
    ref,
    { name: RESOLVE_SIGNAL, args: [{ decisionId }] },
    'ALLOW_DUPLICATE_FAILED_ONLY',
  );
}

async function signal(
  client: Client,
  ref: DepositWorkflowRef,
  message: {
    readonly name: string;
    readonly args: [BankEventInput | ResolveDepositInput | WakeInput];
  },
  workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY',
): Promise<void> {
  try {
    await client.workflow.signalWithStart(WORKFLOW.deposit, {
      ...depositStart(ref),
      taskQueue: TASK_QUEUE,
      signal: message.name,
      signalArgs: message.args,
      workflowIdReusePolicy,
    });
  } catch (error) {
    // The workflow completed: its deposit already has an outcome.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
