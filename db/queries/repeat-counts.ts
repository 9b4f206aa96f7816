import { sql } from 'drizzle-orm';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

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

/** True unless the account credits batches that come again. */
export async function holdsRepeatedBatches(
  executor: Executor,
  accountKey: string,
): Promise<boolean> {
  const rows = await executor.execute<{ holds: boolean }>(sql`
    select repeated_batch = 'hold' as holds from bank_accounts where key = ${accountKey}`);
  return rows[0]?.holds ?? true;
}

/** True for the hold `h` of a batch that came again: it names no single line. */
const IS_HELD_REPEAT = sql`h.ended_at is null and h.reason = 'possible_duplicate' and h.beside_line_id is null`;

/** Lines with these facts that are held as a batch that came again. */
export async function findHeldRepeats(
  executor: Executor,
  query: {
    readonly accountKey: string;
    readonly keyScheme: number;
    readonly keys: readonly string[];
  },
): Promise<readonly string[]> {
  if (query.keys.length === 0) return [];
  const rows = await executor.execute<{ id: string }>(sql`
    select l.id::text from unnest(${param(query.keys)}::text[]) k(key)
      join lines l on l.bank_account_key = ${query.accountKey} and l.key_scheme = ${query.keyScheme} and l.facts_key = k.key
      join line_holds h on h.line_id = l.id
     where ${IS_HELD_REPEAT}`);
  return rows.map(({ id }) => id);
}

/** Lines booked on a day that are held as a batch that came again. */
export async function findHeldBatch(
  executor: Executor,
  accountKey: string,
  day: LocalDate,
): Promise<readonly string[]> {
  const rows = await executor.execute<{ id: string }>(sql`
    select l.id::text from lines l join line_holds h on h.line_id = l.id
     where l.bank_account_key = ${accountKey} and l.booking_date = ${day}::date
       and ${IS_HELD_REPEAT}`);
  return rows.map(({ id }) => id);
}
