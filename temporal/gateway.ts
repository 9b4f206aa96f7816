import type { Client } from '@temporalio/client';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import type {
  DecideInput,
  ImportStatementInput,
  ResolveDepositOutput,
  WakeInput,
} from '../workflows/contract.ts';
import { createLazyClient, failureName, temporalUnavailable } from './connection.ts';
import type { TemporalConnectionOptions } from './connection-options.ts';
import { runDecision, signalAfterUpdate, updateDecision } from './decisions.ts';
import { wakeDeposit } from './deposits.ts';
import { resumePoll, triggerPoll } from './schedules.ts';
import { startClaim, startDrainGate, startImport } from './starts.ts';

/** A person waits this long for the outcome of a decision; without a worker an Update never answers. */
const OUTCOME_DEADLINE_MS = 3_000;
const CALL_DEADLINE_MS = 1_500;

/** `accepted`: delivered, or left to the sweep; the decision's row later shows its outcome. */
export type DecisionDelivery =
  | { readonly kind: 'applied'; readonly output: ResolveDepositOutput }
  | { readonly kind: 'accepted' };

/** Everything that the API asks of Temporal. Each call is bounded in time, since a caller waits for the answer. */
export interface TemporalGateway {
  /**
   * Runs the poll of an account now, or right after the present one.
   * @throws CodedError `account.not_polled` · `temporal.unavailable`
   */
  triggerPoll(accountKey: string): Promise<void>;
  /**
   * Imports a stored statement file; a second start joins a running import.
   * @throws CodedError `temporal.unavailable`
   */
  startImport(file: ImportStatementInput & { readonly sha256: string }): Promise<void>;
  /** Delivers a decision to its deposit's workflow; never throws, since the decision is stored anyway. */
  resolveDeposit(ref: DepositWorkflowRef, decisionId: string): Promise<DecisionDelivery>;
  /** Carries out a decision whose deposit's workflow has ended; never throws, for the same reason. */
  startDecision(input: DecideInput): Promise<DecisionDelivery>;
  /** Credits and wakes the deposits that waited behind a gate; never throws: the sweep does it later. */
  drainGate(scope: string): Promise<void>;
  /** Ends a pause of an account's Schedule; never throws: the account's row says that it is read. */
  resumePoll(accountKey: string): Promise<void>;
  /** Makes a claim wait for its deposit; never throws: the sweep does it later. */
  startClaim(claimId: string): Promise<void>;
  /** Makes waiting deposits read their rows again; never throws: the sweep does it later. */
  wakeDeposits(refs: readonly DepositWorkflowRef[], input: WakeInput): Promise<void>;
  /** @throws CodedError `temporal.unavailable` */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The only logger method that this folder needs. */
export interface WarningLogger {
  warn(fields: object, message: string): void;
}

/** Opens a connection on first use, which reconnects automatically. */
export function createTemporalGateway(
  options: TemporalConnectionOptions & {
    readonly namespace: string;
    readonly logger: WarningLogger;
  },
): TemporalGateway {
  const { logger, ...address } = options;
  const client = createLazyClient(address);
  const soon = <Result>(call: () => Promise<Result>) => within(client, CALL_DEADLINE_MS, call);
  const nudge = async (subject: string, call: () => Promise<void>): Promise<boolean> => {
    try {
      await soon(call);
      return true;
    } catch (error) {
      const fields = { subject, failure: failureName(error) };
      logger.warn(fields, 'Temporal cannot be reached; the sweep does this later');
      return false;
    }
  };
  return {
    triggerPoll: (accountKey) => soon(() => triggerPoll(client, accountKey)),
    startImport: (file) => orUnavailable(soon(() => startImport(client, file))),
    resolveDeposit: (ref, decisionId) => resolveDeposit(client, logger, ref, decisionId),
    startDecision: (input) => decide(client, logger, input),
    drainGate: async (scope) => {
      await nudge(scope, () => startDrainGate(client, scope));
    },
    resumePoll: async (accountKey) => {
      await nudge(accountKey, () => resumePoll(client, accountKey));
    },
    startClaim: async (claimId) => {
      await nudge(claimId, () => startClaim(client, claimId));
    },
    wakeDeposits: async (refs, input) => {
      // One deadline is enough to learn that Temporal is down: a request does not wait for each deposit.
      for (const ref of refs)
        if (!(await nudge(ref.depositId, () => wakeDeposit(client, ref, input)))) return;
    },
    ping: async () => {
      const { namespace } = options;
      await orUnavailable(soon(() => client.workflowService.describeNamespace({ namespace })));
    },
    close: () => client.connection.close(),
  };
}

async function resolveDeposit(
  client: Client,
  logger: WarningLogger,
  ref: DepositWorkflowRef,
  decisionId: string,
): Promise<DecisionDelivery> {
  try {
    const output = await within(client, OUTCOME_DEADLINE_MS, () =>
      updateDecision(client, ref, decisionId),
    );
    return { kind: 'applied', output };
  } catch (failure) {
    try {
      await within(client, CALL_DEADLINE_MS, () =>
        signalAfterUpdate(client, ref, { decisionId, failure }),
      );
    } catch (error) {
      logger.warn(
        { depositId: ref.depositId, decisionId, failure: failureName(error) },
        'decision was stored but not delivered; the sweep delivers it',
      );
    }
    return { kind: 'accepted' };
  }
}

async function decide(
  client: Client,
  logger: WarningLogger,
  input: DecideInput,
): Promise<DecisionDelivery> {
  try {
    const output = await within(client, OUTCOME_DEADLINE_MS, () => runDecision(client, input));
    return { kind: 'applied', output };
  } catch (error) {
    logger.warn(
      { ...input, failure: failureName(error) },
      'decision was stored but its outcome did not arrive in time; its workflow or the sweep continues',
    );
    return { kind: 'accepted' };
  }
}

async function orUnavailable<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    throw temporalUnavailable(error);
  }
}

function within<Result>(
  client: Client,
  timeoutMs: number,
  call: () => Promise<Result>,
): Promise<Result> {
  return client.withDeadline(Date.now() + timeoutMs, call);
}
