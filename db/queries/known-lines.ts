import { sql, type SQL } from 'drizzle-orm';
import type { Appearance, Evidence, HeldRow, Hold, KnownLine } from '../../domain/line/identity.ts';
import type { CustomerCode } from '../../domain/reference/customer-code.ts';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { FeedKind } from '../../domain/line/sighting.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

interface Days {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** The lines that a read may show again. */
export interface KnownLinesQuery {
  readonly accountKey: string;
  readonly source: string;
  /** Days whose lines are read. */
  readonly days: Days;
  /** Days around `days`, of which only lines of `amounts` are read that another source showed first. */
  readonly neighbours: Days;
  /** Signed amounts that the read shows, with the totals of its batches. */
  readonly amounts: readonly bigint[];
  /** Reads lines of `days` of every amount, since their absence matters. */
  readonly everyAmount: boolean;
  readonly keyScheme: number;
  /** Facts of rows that are booked on other days than `days`. */
  readonly factsKeys: readonly string[];
  readonly readStartedAt: Date;
}

type LineRow = {
  id: string;
  facts_key: string;
  occurrence: number;
  booking_date: string;
  amount_minor: string;
  texts: string[];
  stored_before: boolean;
  is_absent: boolean;
  hold: Hold | null;
  is_same: boolean;
};

/** A known line; `isSame` where a balance proved that it is the line that it was held beside: then no row is this one. */
export type StoredLine = KnownLine & { readonly isSame: boolean };

const LINE_COLUMNS = (startedAt: Date) => sql`
  l.id::text, l.facts_key, l.occurrence, l.booking_date::text, l.amount_minor::text, array_append(l."references", l.text) as texts,
  l.captured_at < ${startedAt.toISOString()}::timestamptz as stored_before,
  exists (select 1 from line_absences a where a.line_id = l.id and a.until is null) as is_absent,
  (select jsonb_build_object('reason', h.reason, 'besideLineId', h.beside_line_id::text)
     from line_holds h where h.line_id = l.id and h.ended_at is null) as hold,
  exists (select 1 from line_holds h where h.line_id = l.id and h.ended_as = 'same') as is_same`;

function toLine(row: LineRow): StoredLine {
  return {
    lineId: row.id,
    factsKey: row.facts_key,
    occurrence: row.occurrence,
    bookingDate: parseLocalDate(row.booking_date),
    amountMinor: BigInt(row.amount_minor),
    references: row.texts,
    storedBeforeSnapshot: row.stored_before,
    isAbsent: row.is_absent,
    ownerCode: null,
    hold: row.hold,
    isSame: row.is_same,
    appearances: [],
  };
}

/** The known lines of the read's days and around them, and those with the facts of its rows; without appearances. */
export async function listKnownLines(
  executor: Executor,
  query: KnownLinesQuery,
): Promise<readonly StoredLine[]> {
  const rows = await executor.execute<LineRow>(sql`
    with wanted as (${wantedLines(query)})
    select ${LINE_COLUMNS(query.readStartedAt)} from lines l join wanted w on w.id = l.id order by l.id`);
  return rows.map(toLine);
}

function wantedLines(query: KnownLinesQuery): SQL {
  const { accountKey, source, days, neighbours } = query;
  const amounts = param(query.amounts.map(String));
  const ofDays = sql`select id from lines where bank_account_key = ${accountKey} and booking_date between ${days.from}::date and ${days.to}::date`;
  const parts = [
    query.everyAmount ? ofDays : sql`${ofDays} and amount_minor = any(${amounts}::bigint[])`,
    sql`select id from lines
         where bank_account_key = ${accountKey} and booking_date between ${neighbours.from}::date and ${neighbours.to}::date
           and source <> ${source} and amount_minor = any(${amounts}::bigint[])`,
  ];
  if (query.factsKeys.length > 0)
    parts.push(sql`
      select l.id from unnest(${param(query.factsKeys)}::text[]) k(key) cross join lateral (
        select id from lines
         where bank_account_key = ${accountKey} and key_scheme = ${query.keyScheme} and facts_key = k.key offset 0) l`);
  return sql.join(parts, sql` union `);
}

/** Rows that no line's own facts explain. */
export interface UnexplainedRows {
  readonly accountKey: string;
  readonly factsKeys: readonly string[];
  readonly bankIds: readonly string[];
  /** Day and signed total of batches, of which the lines may be the parts. */
  readonly totals: readonly { readonly day: LocalDate; readonly amountMinor: bigint }[];
}

/** Ids of the lines that were ever shown in one of these wordings, under one of these ids, or as a part of these totals. */
export async function findLinesOfAppearances(
  executor: Executor,
  rows: UnexplainedRows,
): Promise<readonly string[]> {
  const { accountKey, factsKeys, bankIds, totals } = rows;
  const found = await executor.execute<{ id: string }>(sql`
    select s.line_id::text as id from unnest(${param(factsKeys)}::text[]) k(key) cross join lateral (
      select line_id from sightings
       where bank_account_key = ${accountKey} and facts_key = k.key and evidence <> 'facts' and line_id is not null offset 0) s
    union
    select s.line_id::text from unnest(${param(bankIds)}::text[]) k(id) cross join lateral (
      select line_id from sightings
       where bank_account_key = ${accountKey} and bank_id = k.id and line_id is not null offset 0) s
    union
    select s.line_id::text
      from unnest(${param(totals.map(({ day }) => day))}::date[], ${param(totals.map(({ amountMinor }) => amountMinor.toString()))}::bigint[]) k(day, minor)
      cross join lateral (
        select line_id from sightings
         where bank_account_key = ${accountKey} and booking_date = k.day and batch_minor = k.minor and line_id is not null offset 0) s`);
  return found.map(({ id }) => id);
}

type DetailRow = LineRow & { owner: string | null; shown: readonly AppearanceJson[] };

interface AppearanceJson {
  readonly feed: FeedKind;
  readonly source: string;
  readonly id: string | null;
  readonly facts: string;
  readonly day: string;
  readonly amount: string;
  readonly reference: string | null;
  readonly balance: string | null;
  readonly batch_id: string | null;
  readonly batch: string | null;
  readonly evidence: Evidence | null;
}

/** Lines with all their appearances, oldest first, and with the code of the wallet that people credited. */
export async function listLinesWithAppearances(
  executor: Executor,
  query: { readonly lineIds: readonly string[]; readonly readStartedAt: Date },
): Promise<readonly StoredLine[]> {
  if (query.lineIds.length === 0) return [];
  const rows = await executor.execute<DetailRow>(sql`
    select ${LINE_COLUMNS(query.readStartedAt)},
           (select w.code from deposits d join wallets w on w.id = d.wallet_id where d.line_id = l.id and d.state = 'credited') as owner,
           s.shown
      from unnest(${param(query.lineIds)}::bigint[]) k(id) join lines l on l.id = k.id cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'feed', s.feed, 'source', s.source, 'id', s.bank_id, 'facts', s.facts_key, 'day', s.booking_date, 'amount', s.amount_minor::text,
                 'reference', s.reference, 'balance', s.balance_minor::text, 'batch_id', s.batch_id,
                 'batch', s.batch_minor::text, 'evidence', s.evidence) order by s.id), '[]') as shown
          from sightings s where s.line_id = l.id) s
     order by l.id`);
  return rows.map((row) => ({
    ...toLine(row),
    ownerCode: row.owner === null ? null : (row.owner as CustomerCode),
    appearances: row.shown.map(toAppearance),
  }));
}

function toAppearance(json: AppearanceJson): Appearance {
  return {
    feed: json.feed,
    source: json.source,
    bankId: json.id,
    factsKey: json.facts,
    bookingDate: parseLocalDate(json.day),
    amountMinor: BigInt(json.amount),
    references: json.reference === null ? [] : [json.reference],
    balanceMinor: json.balance === null ? null : BigInt(json.balance),
    batch: json.batch === null ? null : { bankId: json.batch_id, amountMinor: BigInt(json.batch) },
    evidence: json.evidence,
  };
}

/** Those of these lines that these runs showed. */
export async function findLinesOfRuns(
  executor: Executor,
  query: { readonly lineIds: readonly string[]; readonly runIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (query.runIds.length === 0) return new Set();
  const rows = await executor.execute<{ id: string }>(sql`
    select distinct line_id::text as id from sightings
     where line_id = any(${param(query.lineIds)}::bigint[]) and run_id = any(${param(query.runIds)}::text[])`);
  return new Set(rows.map(({ id }) => id));
}

/** Rows that wait, booked within the days, oldest first. */
export async function listHeldRows(
  executor: Executor,
  query: Days & { readonly accountKey: string },
): Promise<readonly HeldRow[]> {
  const rows = await executor.execute<{
    id: string;
    feed: FeedKind;
    source: string;
    facts_key: string;
    bank_id: string | null;
    booking_date: string;
    amount_minor: string;
    reference: string | null;
    reason: HeldRow['reason'];
    beside: string | null;
    reads: number;
  }>(sql`
    select id::text, feed, source, facts_key, bank_id, booking_date::text, amount_minor::text, reference,
           held_reason as reason, beside_line_id::text as beside, held_reads as reads
      from sightings
     where bank_account_key = ${query.accountKey} and line_id is null and ended_at is null
       and booking_date between ${query.from}::date and ${query.to}::date
     order by id limit 10000`);
  return rows.map((row) => ({
    heldId: row.id,
    feed: row.feed,
    source: row.source,
    factsKey: row.facts_key,
    bankId: row.bank_id,
    bookingDate: parseLocalDate(row.booking_date),
    amountMinor: BigInt(row.amount_minor),
    references: row.reference === null ? [] : [row.reference],
    reason: row.reason,
    besideLineId: row.beside,
    reads: row.reads,
  }));
}
