import { ApplicationFailure, WorkflowFailedError, type Client } from '@temporalio/client';
import { CodedError, ERROR_CODES } from '../domain/errors.ts';
import {
  claimWorkflowId,
  drainGateWorkflowId,
  importWorkflowId,
  searchAttributesOf,
  TASK_QUEUE,
  WORKFLOW,
  type ClaimInput,
  type DecideInput,
  type DrainGateInput,
  type ImportStatementInput,
  type RunOutput,
} from '../workflows/contract.ts';

type StartInput = ClaimInput | DecideInput | DrainGateInput | ImportStatementInput;

/**
 * Options of a workflow that may run again after its end, and that a second start joins while it runs: each run finds
 * its remaining work in the rows.
 */
export function startOrJoin<Input extends StartInput>(workflowId: string, input: Input) {
  return {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [input] as [Input],
    typedSearchAttributes: searchAttributesOf(namedBy(input)),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
  } as const;
}

/** The account and deposit that an input names; a gate of `*` is of no account. */
function namedBy(input: StartInput): Parameters<typeof searchAttributesOf>[0] {
  if ('scope' in input) return input.scope === '*' ? {} : { accountKey: input.scope };
  if ('decisionId' in input) return input;
  return 'accountKey' in input ? { accountKey: input.accountKey } : {};
}

/** Imports a stored statement file, named by its content. */
export async function startImport(
  client: Client,
  { sha256, ...input }: ImportStatementInput & { readonly sha256: string },
): Promise<void> {
  const workflowId = importWorkflowId(input.accountKey, sha256);
  await client.workflow.start(WORKFLOW.importStatement, startOrJoin(workflowId, input));
}

/** As {@link startImport}, and waits for the run. @throws CodedError with the code by which the import failed */
export async function runImport(
  client: Client,
  { sha256, ...input }: ImportStatementInput & { readonly sha256: string },
): Promise<RunOutput> {
  const workflowId = importWorkflowId(input.accountKey, sha256);
  try {
    return await client.workflow.execute<(given: ImportStatementInput) => Promise<RunOutput>>(
      WORKFLOW.importStatement,
      startOrJoin(workflowId, input),
    );
  } catch (error) {
    throw toCoded(error);
  }
}

/** The coded error behind a failed workflow; anything else as it is. */
function toCoded(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) return error;
  const code = ERROR_CODES.find((known) => known === cause.type);
  return code === undefined ? error : new CodedError(code, cause.message);
}

/** Credits and wakes the deposits that waited behind a gate. */
export async function startDrainGate(client: Client, scope: string): Promise<void> {
  await client.workflow.start(
    WORKFLOW.drainGate,
    startOrJoin(drainGateWorkflowId(scope), { scope }),
  );
}

/** Makes a claim wait for its deposit. */
export async function startClaim(client: Client, claimId: string): Promise<void> {
  await client.workflow.start(WORKFLOW.claim, startOrJoin(claimWorkflowId(claimId), { claimId }));
}
