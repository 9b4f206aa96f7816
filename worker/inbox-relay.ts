import type postgres from 'postgres';
import { captureEvents, type CapturedEvents } from '../app/capture/capture-events.ts';
import { creditBacklog } from '../app/credit/credit-waiting.ts';
import { BANK_EVENTS_CHANNEL } from '../db/channels.ts';
import type { Database } from '../db/client.ts';
import { listOpenDepositWorkflows, markDispatched } from '../db/queries/deposit-workflows.ts';
import { withDeadline } from '../db/with-deadline.ts';
import { errorName } from '../domain/errors.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import type { Logger } from '../logger.ts';
import type { BankEventInput } from '../workflows/contract.ts';

const BATCH_SIZE = 200;
const LOOK_EVERY_MS = 250;
const SIGNALS_AT_ONCE = 20;
const BATCH_MS_MAX = 60_000;

export interface InboxRelayDependencies {
  readonly database: Database;
  readonly listener: postgres.Sql;
  readonly clock: () => Date;
  readonly bulkAbove: number;
  readonly signalDeposit: (ref: DepositWorkflowRef, event: BankEventInput) => Promise<void>;
  readonly triggerPoll: (accountKey: string) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Relays stored webhook events to their deposits: captures their lines, then signals the workflows; in a storm the
 * backlog lane credits. A database notification triggers it, and it also looks four times a second in case one is lost.
 * Several relays share the work by row locks.
 */
export async function startInboxRelay(
  dependencies: InboxRelayDependencies,
): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  let wake: () => void = () => undefined;
  const onNotify = () => wake();
  const subscription = await dependencies.listener.listen(BANK_EVENTS_CHANNEL, onNotify, onNotify);
  const rest = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const size = await relayOrReport(dependencies);
      if (size < BATCH_SIZE) await rest();
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      wake();
      await running;
      await subscription.unlisten();
    },
  };
}

async function relayOrReport(dependencies: InboxRelayDependencies): Promise<number> {
  try {
    return await withDeadline(relayBatch(dependencies), BATCH_MS_MAX);
  } catch (error) {
    dependencies.logger.warn(
      { cause: errorName(error) },
      'webhook events were not relayed; the next attempt takes them',
    );
    return 0;
  }
}

/** Relays one batch; answers how many events it took. */
export async function relayBatch(dependencies: InboxRelayDependencies): Promise<number> {
  const { bulkAbove, clock, database } = dependencies;
  const batch = { now: clock(), limit: BATCH_SIZE, stormAbove: bulkAbove };
  const captured = await captureEvents(database, batch);
  await signalDeposits(dependencies, captured);
  for (const accountKey of captured.pointers) await readAtOnce(dependencies, accountKey);
  return captured.size;
}

/** If the account has no Schedule, or Temporal does not answer, the next tick reads it. */
async function readAtOnce(
  { triggerPoll, logger }: InboxRelayDependencies,
  accountKey: string,
): Promise<void> {
  try {
    await triggerPoll(accountKey);
  } catch (error) {
    logger.warn(
      { accountKey, cause: errorName(error) },
      'the account was not polled at once; the next tick reads it',
    );
  }
}

/** In a storm the backlog lane credits first, and only deposits that a person must decide get a workflow. */
async function signalDeposits(
  { database, signalDeposit }: InboxRelayDependencies,
  { deposits, isStorm }: CapturedEvents,
): Promise<void> {
  if (isStorm) {
    const accounts = new Set(deposits.map(({ accountKey }) => accountKey));
    for (const accountKey of accounts) await creditBacklog(database, accountKey, () => undefined);
  }
  const eventIds = new Map(deposits.map(({ depositId, eventId }) => [depositId, eventId]));
  const open = await listOpenDepositWorkflows(database, [...eventIds.keys()]);
  for (let start = 0; start < open.length; start += SIGNALS_AT_ONCE) {
    const page = open.slice(start, start + SIGNALS_AT_ONCE);
    await Promise.all(
      page.map((ref) => signalDeposit(ref, { eventId: eventIds.get(ref.depositId) ?? '' })),
    );
    await markDispatched(
      database,
      page.map(({ depositId }) => depositId),
    );
  }
}
