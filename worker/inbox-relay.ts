import type postgres from 'postgres';
import { captureLinesIn } from '../app/capture/capture-lines.ts';
import type { Placement } from '../app/capture/capture-outcome.ts';
import { bankIdOf, factsKeyOf } from '../app/capture/stored-texts.ts';
import { settleBacklog } from '../activities/settle-backlog.ts';
import { parseFieldMap } from '../bank/json/field-map.ts';
import { readBankEvent } from '../bank/webhooks/read-bank-event.ts';
import { BANK_EVENTS_CHANNEL } from '../db/channels.ts';
import type { Database, Transaction } from '../db/client.ts';
import { withDeadline } from '../db/with-deadline.ts';
import { listOpenDepositWorkflows, markDispatched } from '../db/queries/deposit-workflows.ts';
import {
  areMoreWaiting,
  findDepositsOfLines,
  lockWaitingEvents,
  markEventsHandled,
  type HandledEvent,
  type WaitingEvent,
} from '../db/queries/relay.ts';
import { isCoded } from '../domain/errors.ts';
import { parseCurrency } from '../domain/money/money.ts';
import type { Logger } from '../logger.ts';
import type { BankEventInput } from '../workflows/contract.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';

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

interface Bell {
  readonly depositId: string;
  readonly eventId: string;
  readonly accountKey: string;
}

/** What one batch of events leads to, after their transaction has committed. */
interface Relayed {
  readonly size: number;
  readonly isStorm: boolean;
  readonly bells: readonly Bell[];
  /** Accounts whose events carried no line: they are read at once. */
  readonly pointers: readonly string[];
}

/**
 * Takes stored webhook events to their deposits: captured with the poller's own code, then `signalWithStart`, or the
 * backlog lane in a storm. Woken by the database's bell, and looking by itself four times a second in case a bell is
 * lost. Several relays share the work by row locks.
 */
export async function startInboxRelay(
  dependencies: InboxRelayDependencies,
): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  let wake: () => void = () => undefined;
  const ring = () => wake();
  const bell = await dependencies.listener.listen(BANK_EVENTS_CHANNEL, ring, ring);
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
      await bell.unlisten();
    },
  };
}

async function relayOrReport(dependencies: InboxRelayDependencies): Promise<number> {
  try {
    return await withDeadline(relayBatch(dependencies), BATCH_MS_MAX);
  } catch (error) {
    dependencies.logger.warn(
      { cause: error instanceof Error ? error.name : typeof error },
      'webhook events wait for the next try',
    );
    return 0;
  }
}

/** Relays one batch; answers how many events it took. */
export async function relayBatch(dependencies: InboxRelayDependencies): Promise<number> {
  const relayed = await dependencies.database.transaction(async (tx): Promise<Relayed> => {
    const isStorm = await areMoreWaiting(tx, dependencies.bulkAbove);
    const events = await lockWaitingEvents(tx, BATCH_SIZE);
    const bells: Bell[] = [];
    const pointers: string[] = [];
    for (const [accountKey, group] of groupByAccount(events)) {
      const captured = await captureEvents(tx, dependencies, accountKey, group);
      bells.push(...captured.bells);
      if (captured.hasPointer) pointers.push(accountKey);
    }
    return { size: events.length, isStorm, bells, pointers };
  });
  await ring(dependencies, relayed);
  for (const accountKey of relayed.pointers) await readAtOnce(dependencies, accountKey);
  return relayed.size;
}

/** An account without a Schedule, or a Temporal that does not answer, leaves the reading to the next tick. */
async function readAtOnce(
  { triggerPoll, logger }: InboxRelayDependencies,
  accountKey: string,
): Promise<void> {
  try {
    await triggerPoll(accountKey);
  } catch (error) {
    logger.warn(
      { accountKey, cause: error instanceof Error ? error.name : typeof error },
      'the account was not read at once',
    );
  }
}

/** By account, in the order of their keys: relays that lock accounts in one order never wait for each other in a circle. */
function groupByAccount(
  events: readonly WaitingEvent[],
): readonly (readonly [string, readonly WaitingEvent[]])[] {
  const groups = new Map<string, WaitingEvent[]>();
  for (const event of events) {
    const group = groups.get(event.accountKey);
    if (group === undefined) groups.set(event.accountKey, [event]);
    else group.push(event);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

async function captureEvents(
  tx: Transaction,
  dependencies: InboxRelayDependencies,
  accountKey: string,
  events: readonly WaitingEvent[],
): Promise<{ readonly bells: readonly Bell[]; readonly hasPointer: boolean }> {
  const read = events.map((event) => ({ event, ...readOrRefuse(event, dependencies.clock()) }));
  const lines = read.flatMap((each) => (each.kind === 'line' ? [each] : []));
  const { placements } = await captureLinesIn(tx, {
    accountKey,
    feed: 'webhook',
    idStable: true,
    runId: null,
    scope: { kind: 'partial' },
    startedAt: dependencies.clock(),
    sightings: lines.map(({ sighting }) => sighting),
  });
  const lineIds = placements.flatMap((placement) =>
    'lineId' in placement ? [placement.lineId] : [],
  );
  const deposits = await findDepositsOfLines(tx, lineIds);
  const handled: HandledEvent[] = [];
  const bells: Bell[] = [];
  for (const [index, { event, sighting }] of lines.entries()) {
    const placement = placements[index];
    const deposit =
      placement !== undefined && 'lineId' in placement ? deposits.get(placement.lineId) : undefined;
    handled.push({
      id: event.id,
      outcome: outcomeOf(placement),
      errorCode: null,
      depositId: deposit?.depositId ?? null,
      factsKey: factsKeyOf(accountKey, sighting),
      bankId: bankIdOf(sighting),
    });
    if (deposit?.isOpen === true)
      bells.push({ depositId: deposit.depositId, eventId: event.eventId, accountKey });
  }
  for (const each of read) {
    if (each.kind !== 'line') handled.push(handledWithoutLine(accountKey, each));
  }
  await markEventsHandled(tx, handled);
  const hasPointer = read.some(({ kind }) => kind === 'pointer' || kind === 'reversal');
  return { bells, hasPointer };
}

/** A reversal keeps the facts of what was taken back, so that a person finds it beside its line. */
function handledWithoutLine(
  accountKey: string,
  { event, ...read }: { readonly event: WaitingEvent } & Exclude<ReadEvent, { kind: 'line' }>,
): HandledEvent {
  const known = read.kind === 'reversal' ? read.sighting : null;
  return {
    id: event.id,
    outcome: read.kind,
    errorCode: read.kind === 'unreadable' ? read.errorCode : null,
    depositId: null,
    factsKey: known === null ? null : factsKeyOf(accountKey, known),
    bankId: known === null ? null : bankIdOf(known),
  };
}

type ReadEvent =
  ReturnType<typeof readBankEvent> | { readonly kind: 'unreadable'; readonly errorCode: string };

/** An event that cannot be read is recorded as such, and the poll finds its line. */
function readOrRefuse(event: WaitingEvent, now: Date): ReadEvent {
  try {
    const currency = parseCurrency(event.currency);
    const fieldMap = event.fieldMap === null ? null : parseFieldMap(event.fieldMap);
    return readBankEvent(event.body, { ...event, currency, fieldMap }, now);
  } catch (error) {
    return {
      kind: 'unreadable',
      errorCode: isCoded(error) ? error.code : 'webhook.unreadable',
    };
  }
}

function outcomeOf(placement: Placement | undefined): 'captured' | 'known' | 'held' | 'pending' {
  switch (placement?.kind) {
    case 'new':
      return 'captured';
    case 'held':
      return 'held';
    case 'pending':
      return 'pending';
    case 'known':
    case 'repeat':
    case undefined:
      return 'known';
  }
}

/** In a storm the backlog lane credits first, and only what a person must decide gets a workflow. */
async function ring(dependencies: InboxRelayDependencies, relayed: Relayed): Promise<void> {
  const { database } = dependencies;
  if (relayed.isStorm) {
    const accounts = new Set(relayed.bells.map(({ accountKey }) => accountKey));
    for (const accountKey of accounts)
      await settleBacklog({ database }, { accountKey }, () => undefined);
  }
  const eventIds = new Map(relayed.bells.map((bell) => [bell.depositId, bell.eventId]));
  const open = await listOpenDepositWorkflows(database, [...eventIds.keys()]);
  for (let start = 0; start < open.length; start += SIGNALS_AT_ONCE) {
    const page = open.slice(start, start + SIGNALS_AT_ONCE);
    await Promise.all(
      page.map((ref) =>
        dependencies.signalDeposit(ref, { eventId: eventIds.get(ref.depositId) ?? '' }),
      ),
    );
    await markDispatched(
      database,
      page.map(({ depositId }) => depositId),
    );
  }
}
