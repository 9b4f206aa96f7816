import { sql } from 'drizzle-orm';
import { truthOf, type Bank } from './bank.ts';
import type { Database } from '../db/client.ts';
import { newId } from '../db/new-id.ts';
import { param } from '../db/param.ts';
import { sumCreditedByCode } from '../db/queries/credited-totals.ts';
import { sumDepositsByState } from '../db/queries/status.ts';
import { verify } from '../db/queries/verify/verify.ts';
import { customerCodeFromNumber } from '../domain/reference/customer-code.ts';

/** Milliseconds; null if there was nothing to measure. */
export interface Latency {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** The database's clock as text with microseconds, since it stamps every row that is compared with it. */
export async function databaseNow(database: Database): Promise<string> {
  const [row] = await database.execute<{ now: string }>(sql`select clock_timestamp()::text as now`);
  return row?.now ?? '';
}

/** Opens wallets for the benchmark's customers; returns their codes. */
export async function openWallets(database: Database, count: number): Promise<readonly string[]> {
  const codes = Array.from({ length: count }, (_, index) => customerCodeFromNumber(index + 1));
  await database.execute(sql`
    insert into wallets (id, code)
    select * from unnest(${param(codes.map(() => newId('wallet')))}::text[], ${param(codes)}::text[])`);
  return codes;
}

/** Progress of a run that began after `since`. `captured` deposits are still in progress. */
export async function readProgress(database: Database, since: string) {
  const [row] = await database.execute<{
    deposits: number;
    error: string | null;
    is_recorded: boolean;
    captured: number;
    unpublished: number;
  }>(sql`
    select coalesce(sum(deposits_new), 0)::int as deposits, max(error_code) as error,
           coalesce(bool_and(finished_at is not null), false) as is_recorded,
           (select count(*) from deposits where state = 'captured')::int as captured,
           (select count(*) from notifications where published_at is null)::int as unpublished
      from runs where started_at >= ${since}::timestamptz`);
  return {
    deposits: row?.deposits ?? 0,
    error: row?.error ?? null,
    isRecorded: row?.is_recorded ?? false,
    captured: row?.captured ?? 0,
    unpublished: row?.unpublished ?? 0,
  };
}

/** Seconds from `since` to the last credit, and each deposit's time from captured to its final state. */
export async function readSettling(
  database: Database,
  since: string,
): Promise<{ readonly seconds: number; readonly latency: Latency }> {
  const [row] = await database.execute<{ seconds: number; p50: number; p99: number }>(sql`
    select extract(epoch from max(settled_at) - ${since}::timestamptz)::float8 as seconds,
           percentile_cont(0.5) within group (order by extract(epoch from settled_at - captured_at)) as p50,
           percentile_cont(0.99) within group (order by extract(epoch from settled_at - captured_at)) as p99
      from deposits where captured_at >= ${since}::timestamptz`);
  return {
    seconds: row?.seconds ?? Number.NaN,
    latency: { p50Ms: (row?.p50 ?? 0) * 1_000, p99Ms: (row?.p99 ?? 0) * 1_000 },
  };
}

/** From a webhook's arrival to its deposit's credit. */
export async function readWebhookLatency(database: Database): Promise<Latency> {
  const [row] = await database.execute<{ p50: number | null; p99: number | null }>(sql`
    select percentile_cont(0.5) within group (order by extract(epoch from d.settled_at - e.received_at)) as p50,
           percentile_cont(0.99) within group (order by extract(epoch from d.settled_at - e.received_at)) as p99
      from bank_events e join deposits d on d.id = e.deposit_id where d.state = 'credited'`);
  const toMs = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? null : seconds * 1_000;
  return { p50Ms: toMs(row?.p50), p99Ms: toMs(row?.p99) };
}

/** Number of webhook events that led to a credit. */
export async function countCreditedEvents(database: Database): Promise<number> {
  const [row] = await database.execute<{ count: number }>(sql`
    select count(*)::int as count from bank_events e join deposits d on d.id = e.deposit_id where d.state = 'credited'`);
  return row?.count ?? 0;
}

/** Some of the deposits captured after `since`, spread over all of them. */
export async function sampleTransactionKeys(
  database: Database,
  since: string,
  count: number,
): Promise<readonly string[]> {
  const rows = await database.execute<{ transaction_key: string }>(sql`
    select transaction_key from deposits where captured_at >= ${since}::timestamptz
     order by md5(id) limit ${count}`);
  return rows.map((row) => row.transaction_key);
}

/** The fault after an arm, or null if every deposit is credited once, to its owner, and `verify` is clean. */
export async function findFault(database: Database, bank: Bank): Promise<string | null> {
  const truth = await truthOf(bank);
  const states = await sumDepositsByState(database);
  const [credited, ...others] = states;
  if (others.length > 0 || credited?.state !== 'credited') {
    return `not all deposits are credited: ${states.map(({ state, count }) => `${state} ${count}`).join(', ')}`;
  }
  if (
    credited.count !== truth.credited.count ||
    credited.amountMinor !== BigInt(truth.credited.minor)
  ) {
    return `credited ${credited.count} deposits of ${credited.amountMinor.toString()} cents, the bank booked ${truth.credited.count} of ${truth.credited.minor}`;
  }
  const byCode = await sumCreditedByCode(database);
  const misplaced = Object.entries(truth.byCode).find(
    ([code, { minor }]) => byCode.get(code) !== BigInt(minor),
  );
  if (misplaced !== undefined) return `customer ${misplaced[0]} was credited a wrong amount`;
  return findBrokenRule(database);
}

/** Findings of `verify` in words; null if every rule holds. */
export async function findBrokenRule(database: Database): Promise<string | null> {
  const report = await verify(database);
  const broken = report.checks.filter((check) => !check.ok);
  return report.ok
    ? null
    : `verify found broken rules: ${broken.map(({ id, title }) => `${id} ${title}`).join('; ')}`;
}

export async function countLines(database: Database): Promise<number> {
  const [row] = await database.execute<{ count: number }>(
    sql`select count(*)::int as count from lines`,
  );
  return row?.count ?? 0;
}
