import {
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import {
  decisionWorkflowId,
  depositStart,
  RESOLVE_DEPOSIT_UPDATE,
  RESOLVE_SIGNAL,
  WORKFLOW,
  type DecideInput,
  type ResolveDepositInput,
  type ResolveDepositOutput,
} from '../workflows/contract.ts';
import { signalDecision } from './deposits.ts';
import { startOrJoin } from './starts.ts';

/** Starts a workflow that carries out one approved decision; a second start joins the first. */
export async function startDecision(client: Client, input: DecideInput): Promise<void> {
  await client.workflow.start(
    WORKFLOW.decide,
    startOrJoin(decisionWorkflowId(input.decisionId), input),
  );
}

/** As {@link startDecision}, and waits for the outcome. */
export async function runDecision(
  client: Client,
  input: DecideInput,
): Promise<ResolveDepositOutput> {
  return client.workflow.execute<(given: DecideInput) => Promise<ResolveDepositOutput>>(
    WORKFLOW.decide,
    startOrJoin(decisionWorkflowId(input.decisionId), input),
  );
}

/**
 * Delivers a decision to its deposit's workflow and answers the outcome. The Update's ID is the decision's, so a repeat
 * gets the first answer.
 */
export async function updateDecision(
  client: Client,
  ref: DepositWorkflowRef,
  decisionId: string,
): Promise<ResolveDepositOutput> {
  return client.workflow
    .getHandle(depositStart(ref).workflowId)
    .executeUpdate<ResolveDepositOutput, [ResolveDepositInput]>(RESOLVE_DEPOSIT_UPDATE, {
      args: [{ decisionId }],
      updateId: decisionId,
    });
}

/**
 * Delivers a decision whose Update failed: a signal waits for a worker, and a missing workflow is started again.
 * @throws the failure itself if no signal would help
 */
export async function signalAfterUpdate(
  client: Client,
  ref: DepositWorkflowRef,
  { decisionId, failure }: { readonly decisionId: string; readonly failure: unknown },
): Promise<void> {
  if (failure instanceof WorkflowNotFoundError) {
    await signalDecision(client, ref, decisionId);
    return;
  }
  if (!(failure instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw failure;
  try {
    await client.workflow
      .getHandle(depositStart(ref).workflowId)
      .signal<[ResolveDepositInput]>(RESOLVE_SIGNAL, { decisionId });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await signalDecision(client, ref, decisionId);
  }
}
