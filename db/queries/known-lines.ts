import { sql, type SQL } from 'drizzle-orm';
import type { HeldSighting } from '../../domain/line/resolve-holds.ts';
import type { KnownLine } from '../../domain/line/identity.ts';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { FeedKind } from '../../domain/line/sighting.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

interface Days {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** The lines that a capture may show again. */
export interface KnownLinesQuery {
  readonly accountKey: string;
  readonly feed: FeedKind;
  readonly source: string;
  /** Days whose lines are read even if this source has shown them. */
  readonly days: Days;
  /** Days around `days`, of which only lines are read that this source has not shown. */
  readonly neighbours: Days;
  /**
   * Signed amounts that the capture shows; a line of another amount cannot be a shown line with other words or another
   * day.
   */
  readonly amounts: readonly bigint[];
  /** Reads lines of `days` of every amount, since their absence matters. */
  readonly everyAmount: boolean;
  /** Amounts of held sightings, which may be lines of the days around that this source has shown. */
  readonly heldAmounts: readonly bigint[];
  readonly keyScheme: number;
  /** Facts of rows that are booked on other days than `days`. */
  readonly factsKeys: readonly string[];
  readonly bankIds: readonly string[];
  readonly snapshotStartedAt: Date;
}

/**
 * The known lines that rows may match: of their days, of near days, with their facts, or ever seen under one of their
 * ids.
 */
export async function listKnownLines(
  executor: Executor,
  query: KnownLinesQuery,
): Promise<readonly KnownLine[]> {
  const rows = await executor.execute<{
    id: string;
    facts_key: string;
    occurrence: number;
    booking_date: string;
    amount_minor: string;
    texts: string[];
    bank_ids: string[];
    ids_of_feed: string[];
    seen_by_source: boolean;
    stored_before: boolean;
  }>(sql`
    with wanted as (${wantedLines(query)})
    select l.id, l.facts_key, l.occurrence, l.booking_date::text, l.amount_minor::text, array_append(l."references", l.text) as texts,
           l.captured_at < ${query.snapshotStartedAt.toISOString()}::timestamptz as stored_before,
           i.bank_ids, i.ids_of_feed, i.seen_by_source
      from lines l join wanted w on w.id = l.id cross join lateral (${appearances(query)}) i
     order by l.id`);
  return rows.map((row) => ({
    lineId: row.id,
    factsKey: row.facts_key,
    occurrence: row.occurrence,
    stableIds: row.bank_ids,
    idsOfFeed: row.ids_of_feed,
    seenBySource: row.seen_by_source,
    bookingDate: parseLocalDate(row.booking_date),
    amountMinor: BigInt(row.amount_minor),
    references: row.texts,
    storedBeforeSnapshot: row.stored_before,
  }));
}

function wantedLines(query: KnownLinesQuery): SQL {
  const { accountKey, source, days, neighbours } = query;
  const amounts = param(query.amounts.map(String));
  const ofDays = sql`select id from lines where bank_account_key = ${accountKey} and booking_date between ${days.from}::date and ${days.to}::date`;
  const parts = [
    query.everyAmount ? ofDays : sql`${ofDays} and amount_minor = any(${amounts}::bigint[])`,
    // This source was the first to show nearly all lines of the days around, and the line records its first source.
    sql`select l.id from lines l
         where l.bank_account_key = ${accountKey} and l.booking_date between ${neighbours.from}::date and ${neighbours.to}::date
           and l.source <> ${source} and l.amount_minor = any(${amounts}::bigint[])
           and ${notShown(source)}`,
  ];
  if (query.heldAmounts.length > 0)
    parts.push(sql`
      select id from lines
       where bank_account_key = ${accountKey} and booking_date between ${neighbours.from}::date and ${neighbours.to}::date
         and amount_minor = any(${param(query.heldAmounts.map(String))}::bigint[])`);
  if (query.factsKeys.length > 0)
    parts.push(sql`
      select l.id from unnest(${param(query.factsKeys)}::text[]) k(key) cross join lateral (
        select id from lines
         where bank_account_key = ${accountKey} and key_scheme = ${query.keyScheme} and facts_key = k.key offset 0) l`);
  if (query.bankIds.length > 0)
    parts.push(sql`
      select s.line_id from unnest(${param(query.bankIds)}::text[]) k(id) cross join lateral (
        select line_id from sightings
         where bank_account_key = ${accountKey} and bank_id = k.id and line_id is not null offset 0) s`);
  return sql.join(parts, sql` union `);
}

/** The sightings of a line. Ids are read only if rows have stable ids: no other row is matched by id. */
function appearances(query: KnownLinesQuery): SQL {
  const { feed, source } = query;
  if (query.bankIds.length === 0)
    return sql`
      select '{}'::text[] as bank_ids, '{}'::text[] as ids_of_feed,
             l.source = ${source} or not ${notShown(source)} as seen_by_source`;
  return sql`
    select coalesce(array_agg(distinct s.bank_id) filter (where s.bank_id is not null), '{}') as bank_ids,
           coalesce(array_agg(distinct s.bank_id) filter (where s.bank_id is not null and s.feed = ${feed}), '{}') as ids_of_feed,
           coalesce(bool_or(s.source = ${source}), false) as seen_by_source
      from sightings s where s.line_id = l.id`;
}

/** Looked up row by row, like every lookup by key here: as a join, the planner might read the whole table. */
function notShown(source: string): SQL {
  return sql`((select s.id from sightings s where s.line_id = l.id and s.source = ${source} limit 1) is null)`;
}

/** Held sightings booked within the days, oldest first. */
export async function listHeldSightings(
  executor: Executor,
  query: Days & { readonly accountKey: string },
): Promise<readonly HeldSighting[]> {
  const rows = await executor.execute<{
    id: string;
    facts_key: string;
    bank_id: string | null;
    booking_date: string;
    amount_minor: string;
    reference: string | null;
  }>(sql`
    select id, facts_key, bank_id, booking_date::text, amount_minor::text, reference from sightings
     where bank_account_key = ${query.accountKey} and line_id is null
       and booking_date between ${query.from}::date and ${query.to}::date
     order by id limit 10000`);
  return rows.map((row) => ({
    heldId: row.id,
    factsKey: row.facts_key,
    bankId: row.bank_id,
    bookingDate: parseLocalDate(row.booking_date),
    amountMinor: BigInt(row.amount_minor),
    references: row.reference === null ? [] : [row.reference],
  }));
}

/** Counts the lines with each of these facts; facts without a line are left out. */
export async function countByFactsKey(
  executor: Executor,
  query: {
    readonly accountKey: string;
    readonly keyScheme: number;
    readonly keys: readonly string[];
  },
): Promise<ReadonlyMap<string, number>> {
  const rows = await executor.execute<{ facts_key: string; count: number }>(sql`
    select k.key as facts_key, l.count from unnest(${param(query.keys)}::text[]) k(key) cross join lateral (
      select count(*)::int as count from lines
       where bank_account_key = ${query.accountKey} and key_scheme = ${query.keyScheme} and facts_key = k.key) l
     where l.count > 0`);
  return new Map(rows.map((row) => [row.facts_key, row.count]));
}

/** Counts the credits booked on each of these days; days without a credit are left out. */
export async function countCreditsOfDays(
  executor: Executor,
  accountKey: string,
  days: readonly LocalDate[],
): Promise<ReadonlyMap<LocalDate, number>> {
  const rows = await executor.execute<{ day: string; count: number }>(sql`
    select booking_date::text as day, count(*)::int as count from lines
     where bank_account_key = ${accountKey} and booking_date = any(${param(days)}::date[]) and amount_minor > 0
     group by booking_date`);
  return new Map(rows.map((row) => [parseLocalDate(row.day), row.count]));
}
