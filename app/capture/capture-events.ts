import { parseFieldMap } from '../../bank/json/field-map.ts';
import { readBankEvent } from '../../bank/webhooks/read-bank-event.ts';
import type { Database, Transaction } from '../../db/client.ts';
import {
  areMoreWaiting,
  findDepositsOfLines,
  lockWaitingEvents,
  markEventsHandled,
  type HandledEvent,
  type WaitingEvent,
} from '../../db/queries/relay.ts';
import { isCoded } from '../../domain/errors.ts';
import { groupBy } from '../../domain/group-by.ts';
import { parseCurrency } from '../../domain/money/money.ts';
import { captureLinesIn } from './capture-lines.ts';
import type { Placement } from './capture-outcome.ts';
import { noteUnknownFields } from './quarantine-rows.ts';
import { bankIdOf, factsKeyOf } from './stored-texts.ts';

/** An open deposit whose line an event showed: its workflow must be notified. */
export interface RelayedDeposit {
  readonly depositId: string;
  readonly eventId: string;
  readonly accountKey: string;
}

/** A batch of events after its transaction has committed. */
export interface CapturedEvents {
  readonly size: number;
  /** More events wait than workflows should take: the backlog lane credits first. */
  readonly isStorm: boolean;
  readonly deposits: readonly RelayedDeposit[];
  /** Accounts whose events carried no line: Purser polls them at once. */
  readonly pointers: readonly string[];
}

interface CapturedGroup {
  readonly deposits: readonly RelayedDeposit[];
  readonly hasPointer: boolean;
}

/** Captures the lines of the next stored webhook events with the poller's own code, and marks the events handled. */
export async function captureEvents(
  database: Database,
  batch: { readonly now: Date; readonly limit: number; readonly stormAbove: number },
): Promise<CapturedEvents> {
  return database.transaction(async (tx) => {
    const isStorm = await areMoreWaiting(tx, batch.stormAbove);
    const events = await lockWaitingEvents(tx, batch.limit);
    const deposits: RelayedDeposit[] = [];
    const pointers: string[] = [];
    for (const [accountKey, group] of groupByAccount(events)) {
      const captured = await captureGroup(tx, batch.now, accountKey, group);
      deposits.push(...captured.deposits);
      if (captured.hasPointer) pointers.push(accountKey);
    }
    return { size: events.length, isStorm, deposits, pointers };
  });
}

/** By account, in the order of their keys: relays that lock accounts in one order never deadlock. */
function groupByAccount(
  events: readonly WaitingEvent[],
): readonly (readonly [string, readonly WaitingEvent[]])[] {
  const groups = groupBy(events, ({ accountKey }) => accountKey);
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

async function captureGroup(
  tx: Transaction,
  now: Date,
  accountKey: string,
  events: readonly WaitingEvent[],
): Promise<CapturedGroup> {
  const read = events.map((event) => ({ event, ...readOrRefuse(event, now) }));
  const lines = read.flatMap((each) => (each.kind === 'line' ? [each] : []));
  const { placements } = await captureLinesIn(tx, {
    accountKey,
    feed: 'webhook',
    idStable: true,
    runId: null,
    scope: { kind: 'partial' },
    startedAt: now,
    sightings: lines.map(({ sighting }) => sighting),
  });
  const lineIds = placements.flatMap((placement) =>
    'lineId' in placement ? [placement.lineId] : [],
  );
  const depositsOfLines = await findDepositsOfLines(tx, lineIds);
  const handled: HandledEvent[] = [];
  const deposits: RelayedDeposit[] = [];
  for (const [index, { event, sighting }] of lines.entries()) {
    const placement = placements[index];
    const deposit =
      placement !== undefined && 'lineId' in placement
        ? depositsOfLines.get(placement.lineId)
        : undefined;
    handled.push({
      id: event.id,
      outcome: outcomeOf(placement),
      errorCode: null,
      depositId: deposit?.depositId ?? null,
      factsKey: factsKeyOf(accountKey, sighting),
      bankId: bankIdOf(sighting),
    });
    if (deposit?.isOpen === true)
      deposits.push({ depositId: deposit.depositId, eventId: event.eventId, accountKey });
  }
  for (const each of read) {
    if (each.kind !== 'line') handled.push(handledWithoutLine(accountKey, each));
  }
  await markEventsHandled(tx, handled);
  const fields = new Set(
    read.flatMap((each) => ('unknownFields' in each ? each.unknownFields : [])),
  );
  await noteUnknownFields(tx, accountKey, [...fields]);
  const hasPointer = read.some(({ kind }) => kind === 'pointer' || kind === 'reversal');
  return { deposits, hasPointer };
}

/** A reversal keeps the facts of the reversed payment, so that a person finds it beside its line. */
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
