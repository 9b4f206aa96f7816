import { sql, type SQL } from 'drizzle-orm';
import type { HoldReason } from '../../domain/line/identity.ts';
import type { FeedKind } from '../../domain/line/sighting.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { EvidenceWait } from '../../domain/words/waiting-words.ts';
import type { Executor } from '../client.ts';
import type { InJson } from '../json.ts';
import { besideLine, fromBesideJson, type BesideLine } from './beside-lines.ts';

/** A row that is no line yet, since it may be a known one. */
export interface WaitingRow {
  readonly id: string;
  readonly accountKey: string;
  readonly feed: FeedKind;
  readonly source: string;
  readonly bankId: string | null;
  readonly bookingDate: string;
  /** Signed minor units of the account's currency. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string | null;
  readonly reason: HoldReason;
  readonly waitsFor: EvidenceWait;
  /** Complete reads of its day, after it was over, that left it so. */
  readonly reads: number;
  readonly seenAt: Date;
  /** Null where it may be no single line, such as one of equal rows. */
  readonly beside: BesideLine | null;
}

/** Rows `s` that wait, of accounts `a`, with the last read `r` of the account by its API. */
const WAITING = sql`
  sightings s join bank_accounts a on a.key = s.bank_account_key
  left join lateral (
    select n.started_at, n.window_from from runs n
     where n.bank_account_key = a.key and n.kind = 'poll' and n.window_from is not null and n.outcome is distinct from 'failed'
     order by n.started_at desc limit 1) r on true
 where s.line_id is null and s.ended_at is null`;

/** A read by the API that does not reach back to the row's day never settles it. */
const WAITS_FOR: SQL<EvidenceWait> = sql`
  case when a.feed is null or not a.poll_enabled or s.booking_date < r.window_from then 'statement'
       when s.booking_date < (now() at time zone a.time_zone)::date then 'next_read'
       when s.feed = 'webhook' and coalesce(r.started_at <= s.seen_at, true) then 'next_read'
       else 'day_over' end`;

/** Rows that wait, in the order in which they came, from just after `afterId` on. */
export async function listWaitingRows(
  executor: Executor,
  query: {
    readonly accountKey: string | null;
    readonly afterId: bigint | null;
    readonly limit: number;
  },
): Promise<readonly WaitingRow[]> {
  const { accountKey, afterId, limit } = query;
  const rows = await executor.execute<{
    id: string;
    key: string;
    feed: FeedKind;
    source: string;
    bank_id: string | null;
    booking_date: string;
    amount: string;
    currency: string;
    reference: string | null;
    reason: HoldReason;
    waits_for: EvidenceWait;
    reads: number;
    seen_at: string;
    beside: InJson<BesideLine> | null;
  }>(sql`
    select s.id::text, a.key, s.feed, s.source, s.bank_id, s.booking_date::text, s.amount_minor::text as amount, a.currency,
           s.reference, s.held_reason as reason, ${WAITS_FOR} as waits_for, s.held_reads as reads, s.seen_at,
           ${besideLine(sql`s.beside_line_id`)} as beside
      from ${WAITING}
       and (${accountKey}::text is null or a.key = ${accountKey}) and s.id > ${(afterId ?? 0n).toString()}::bigint
     order by s.id limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    accountKey: row.key,
    feed: row.feed,
    source: row.source,
    bankId: row.bank_id,
    bookingDate: row.booking_date,
    amountMinor: BigInt(row.amount),
    currency: row.currency,
    reference: row.reference,
    reason: row.reason,
    waitsFor: row.waits_for,
    reads: row.reads,
    seenAt: new Date(row.seen_at),
    beside: fromBesideJson(row.beside),
  }));
}

/** Rows that wait for one kind of evidence. */
export interface EvidenceWaits {
  readonly waitsFor: EvidenceWait;
  readonly count: number;
  /** The earliest bank day among them. */
  readonly oldestDay: LocalDate;
}

/** How many rows wait, by the evidence that they wait for; the most first. */
export async function countEvidenceWaits(executor: Executor): Promise<readonly EvidenceWaits[]> {
  return executor.execute<{ waitsFor: EvidenceWait; count: number; oldestDay: LocalDate }>(sql`
    select ${WAITS_FOR} as "waitsFor", count(*)::int as count, min(s.booking_date)::text as "oldestDay"
      from ${WAITING} group by 1 order by 2 desc, 1`);
}

/** Debits of one account that are held: no deposit and so no review shows them. */
export interface HeldDebits {
  readonly accountKey: string;
  readonly count: number;
  /** The earliest bank day among them. */
  readonly oldestDay: LocalDate;
}

/** Debits that take nothing back while they are held, since they may be another line. */
export async function countHeldDebits(executor: Executor): Promise<readonly HeldDebits[]> {
  return executor.execute<{ accountKey: string; count: number; oldestDay: LocalDate }>(sql`
    select l.bank_account_key as "accountKey", count(*)::int as count, min(l.booking_date)::text as "oldestDay"
      from line_holds h join lines l on l.id = h.line_id
     where h.ended_at is null and h.beside_line_id is not null and l.amount_minor < 0 group by 1 order by 1`);
}
