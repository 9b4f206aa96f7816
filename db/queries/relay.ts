import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';
import type { BankEventOutcome } from '../schema/intake.ts';
import { OPEN_STATES } from './open-deposits.ts';

/** An unhandled webhook event, with the settings needed to read it. */
export interface WaitingEvent {
  readonly id: string;
  readonly accountKey: string;
  readonly eventId: string;
  readonly body: Buffer;
  /** The account's id at the bank; empty if it has none. */
  readonly accountId: string;
  readonly currency: string;
  readonly timeZone: string;
  /** As declared, unchecked; null for the default wire format. */
  readonly fieldMap: unknown;
  readonly trust: 'credit' | 'hint';
  readonly unknownFields: 'record' | 'refuse';
}

/** Locks the oldest waiting events, except those that another relay has locked. */
export async function lockWaitingEvents(
  tx: Transaction,
  limit: number,
): Promise<readonly WaitingEvent[]> {
  const rows = await tx.execute<{
    id: string;
    bank_account_key: string;
    event_id: string;
    body: string;
    bank_account_id: string | null;
    currency: string;
    time_zone: string;
    field_map: unknown;
    webhook_trust: 'credit' | 'hint';
    unknown_fields: 'record' | 'refuse';
  }>(sql`
    select e.id, e.bank_account_key, e.event_id, encode(e.body, 'base64') as body, a.bank_account_id, a.currency, a.time_zone,
           a.field_map, a.webhook_trust, a.unknown_fields
      from bank_events e join bank_accounts a on a.key = e.bank_account_key
     where e.handled_at is null order by e.id limit ${limit} for update of e skip locked`);
  return rows.map((row) => ({
    id: row.id,
    accountKey: row.bank_account_key,
    eventId: row.event_id,
    body: Buffer.from(row.body, 'base64'),
    accountId: row.bank_account_id ?? '',
    currency: row.currency,
    timeZone: row.time_zone,
    fieldMap: row.field_map,
    trust: row.webhook_trust,
    unknownFields: row.unknown_fields,
  }));
}

/** True if more than `limit` events wait: a storm. */
export async function areMoreWaiting(executor: Executor, limit: number): Promise<boolean> {
  const rows = await executor.execute<{ waiting: number }>(sql`
    select count(*)::int as waiting from (select 1 from bank_events where handled_at is null limit ${limit + 1}) w`);
  return (rows[0]?.waiting ?? 0) > limit;
}

/** The outcome of an event. */
export interface HandledEvent {
  readonly id: string;
  readonly outcome: BankEventOutcome;
  readonly errorCode: string | null;
  readonly depositId: string | null;
  /** The facts of the line that the event showed; null if it showed none. */
  readonly factsKey: string | null;
  readonly bankId: string | null;
}

export async function markEventsHandled(
  tx: Transaction,
  events: readonly HandledEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await tx.execute(sql`
    update bank_events e set handled_at = now(), outcome = i.outcome, error_code = i.error_code, deposit_id = i.deposit_id,
           facts_key = i.facts_key, bank_id = i.bank_id
      from unnest(${param(events.map((event) => event.id))}::bigint[], ${param(events.map((event) => event.outcome))}::text[],
                  ${param(events.map((event) => event.errorCode))}::text[], ${param(events.map((event) => event.depositId))}::text[],
                  ${param(events.map((event) => event.factsKey))}::text[], ${param(events.map((event) => event.bankId))}::text[])
           as i(id, outcome, error_code, deposit_id, facts_key, bank_id)
     where e.id = i.id`);
}

/** The deposits of these lines, by line id. */
export async function findDepositsOfLines(
  executor: Executor,
  lineIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly depositId: string; readonly isOpen: boolean }>> {
  if (lineIds.length === 0) return new Map();
  const rows = await executor.execute<{ line_id: string; id: string; is_open: boolean }>(sql`
    select line_id, id, state in ${OPEN_STATES} as is_open from deposits where line_id = any(${param(lineIds)}::bigint[])`);
  return new Map(rows.map((row) => [row.line_id, { depositId: row.id, isOpen: row.is_open }]));
}
