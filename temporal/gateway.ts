import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { FastifyBaseLogger } from 'fastify';
import { CodedError } from '../domain/errors.ts';
import {
  decisionWorkflowId,
  depositWorkflowId,
  importWorkflowId,
  pollScheduleId,
  RESOLVE_DEPOSIT_UPDATE,
  RESOLVE_SIGNAL,
  TASK_QUEUE,
  WORKFLOW,
  type DecideInput,
  type DepositInput,
  type ImportStatementInput,
  type ResolveDepositInput,
  type ResolveDepositOutput,
} from '../workflows/contract.ts';
import { createNudges, type TemporalNudges } from '../api/temporal-nudges.ts';

/** How long a person waits for the outcome of a decision; with no worker up, an Update never answers. */
const UPDATE_DEADLINE_MS = 3_000;
const CALL_DEADLINE_MS = 1_500;
/** A call that finds no server is tried this often, within its deadline. */
const ATTEMPTS_MAX = 3;
const RECONNECT_BACKOFF_MAX_MS = 5_000;

/** A stored decision and the workflow that it is for. */
export interface DecisionCall {
  readonly accountKey: string;
  readonly transactionKey: string;
  readonly round: number;
  readonly depositId: string;
  readonly decisionId: string;
}

/** `accepted`: handed in or left to the sweep; the decision's row says later what came of it. */
export type DecisionDelivery =
  | { readonly kind: 'applied'; readonly output: ResolveDepositOutput }
  | { readonly kind: 'accepted' };

/** What the API asks of Temporal. */
export interface TemporalGateway extends TemporalNudges {
  /**
   * Runs the poll of an account now, after one that is running.
   * @throws CodedError `account.not_polled` · `temporal.unavailable`
   */
  triggerPoll(accountKey: string): Promise<void>;
  /**
   * Sends a stored statement file through the pipeline; a file that is on its way already is left to it.
   * @throws CodedError `temporal.unavailable`
   */
  startImport(file: ImportStatementInput & { readonly sha256: string }): Promise<void>;
  /** Tells a deposit's workflow of a decision; never throws, since the decision's row is kept in any case. */
  resolveDeposit(call: DecisionCall): Promise<DecisionDelivery>;
  /** Has a decision carried out whose deposit's workflow has ended; never throws, for the same reason. */
  startDecision(input: DecideInput): Promise<DecisionDelivery>;
  /** @throws CodedError `temporal.unavailable` */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface TemporalGatewayOptions {
  readonly address: string;
  readonly namespace: string;
  readonly tls?: boolean;
  readonly apiKey?: string;
  readonly logger: Pick<FastifyBaseLogger, 'warn'>;
}

/** Opens a connection that is made on first use and mends itself. */
export function createTemporalGateway(options: TemporalGatewayOptions): TemporalGateway {
  const { logger, namespace } = options;
  const connection = Connection.lazy({
    address: options.address,
    tls: options.tls ?? false,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
    channelArgs: { 'grpc.max_reconnect_backoff_ms': RECONNECT_BACKOFF_MAX_MS },
    interceptors: [
      makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: ATTEMPTS_MAX })),
    ],
  });
  const client = new Client({ connection, namespace });

  return {
    ...createNudges(client, logger),

    async triggerPoll(accountKey) {
      try {
        await within(client, CALL_DEADLINE_MS, () =>
          client.schedule
            .getHandle(pollScheduleId(accountKey))
            .trigger(ScheduleOverlapPolicy.BUFFER_ONE),
        );
      } catch (error) {
        if (error instanceof ScheduleNotFoundError) {
          throw new CodedError(
            'account.not_polled',
            'This bank account has no poll schedule: turn its polling on and start a worker.',
          );
        }
        throw unavailable(error);
      }
    },

    async startImport({ sha256, ...input }) {
      try {
        await within(client, CALL_DEADLINE_MS, () =>
          client.workflow.start(WORKFLOW.importStatement, {
            workflowId: importWorkflowId(input.accountKey, sha256),
            taskQueue: TASK_QUEUE,
            args: [input],
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        );
      } catch (error) {
        throw unavailable(error);
      }
    },

    async resolveDeposit(call) {
      try {
        const output = await update(client, call);
        return { kind: 'applied', output };
      } catch (error) {
        await deliverLater(client, call, error, logger);
        return { kind: 'accepted' };
      }
    },

    async startDecision(input) {
      try {
        return { kind: 'applied', output: await decide(client, input) };
      } catch (error) {
        logger.warn(
          { ...input, failure: nameOf(error) },
          'decision was stored and its outcome did not come in time; its workflow or the sweep goes on',
        );
        return { kind: 'accepted' };
      }
    },

    async ping() {
      try {
        await within(client, CALL_DEADLINE_MS, () =>
          client.workflowService.describeNamespace({ namespace }),
        );
      } catch (error) {
        throw unavailable(error);
      }
    },

    close: () => connection.close(),
  };
}

/** The update's id is the decision's, so a repeat gets the first answer, even after the run has closed. */
async function update(client: Client, call: DecisionCall): Promise<ResolveDepositOutput> {
  const { decisionId } = call;
  const handle = client.workflow.getHandle(workflowIdOf(call));
  return within(client, UPDATE_DEADLINE_MS, () =>
    handle.executeUpdate<ResolveDepositOutput, [ResolveDepositInput]>(RESOLVE_DEPOSIT_UPDATE, {
      args: [{ decisionId }],
      updateId: decisionId,
    }),
  );
}

/** Runs a decision's own workflow, which may run already, and waits for it. */
async function decide(client: Client, input: DecideInput): Promise<ResolveDepositOutput> {
  return within(client, UPDATE_DEADLINE_MS, () =>
    client.workflow.execute<(given: DecideInput) => Promise<ResolveDepositOutput>>(
      WORKFLOW.decide,
      {
        workflowId: decisionWorkflowId(input.decisionId),
        taskQueue: TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      },
    ),
  );
}

/** After an Update that did not answer: a signal waits for a worker, and a workflow that is gone is started again. */
async function deliverLater(
  client: Client,
  call: DecisionCall,
  failure: unknown,
  logger: Pick<FastifyBaseLogger, 'warn'>,
): Promise<void> {
  const { depositId, decisionId } = call;
  try {
    if (failure instanceof WorkflowUpdateRPCTimeoutOrCancelledError) await signal(client, call);
    else if (failure instanceof WorkflowNotFoundError) await signalWithStart(client, call);
    else throw failure;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    logger.warn(
      { depositId, decisionId, failure: nameOf(error) },
      'decision was stored and could not be handed to its workflow; the sweep will do it',
    );
  }
}

async function signal(client: Client, call: DecisionCall): Promise<void> {
  const { decisionId } = call;
  const handle = client.workflow.getHandle(workflowIdOf(call));
  try {
    await within(client, CALL_DEADLINE_MS, () =>
      handle.signal<[ResolveDepositInput]>(RESOLVE_SIGNAL, { decisionId }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await signalWithStart(client, call);
  }
}

/** Only a run that failed or was never started is started: one that completed has settled its deposit. */
async function signalWithStart(client: Client, call: DecisionCall): Promise<void> {
  const { accountKey, depositId, decisionId } = call;
  await within(client, CALL_DEADLINE_MS, () =>
    client.workflow.signalWithStart<
      (input: DepositInput) => Promise<unknown>,
      [ResolveDepositInput]
    >(WORKFLOW.deposit, {
      workflowId: workflowIdOf(call),
      taskQueue: TASK_QUEUE,
      args: [{ depositId, accountKey }],
      staticSummary: `${accountKey} · ${call.transactionKey}`,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      signal: RESOLVE_SIGNAL,
      signalArgs: [{ decisionId }],
    }),
  );
}

function workflowIdOf(call: DecisionCall): string {
  return depositWorkflowId(call.accountKey, call.transactionKey, call.round);
}

function within<Result>(
  client: Client,
  timeoutMs: number,
  call: () => Promise<Result>,
): Promise<Result> {
  return client.withDeadline(Date.now() + timeoutMs, call);
}

function unavailable(cause: unknown): CodedError {
  return new CodedError(
    'temporal.unavailable',
    'Temporal does not answer: check TEMPORAL_ADDRESS and that the server runs.',
    { cause, details: { failure: nameOf(cause) } },
  );
}

/** The name of an error, with the gRPC status that it carries. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const status = isGrpcServiceError(error.cause) ? ` (gRPC ${String(error.cause.code)})` : '';
  return `${error.name}${status}`;
}
