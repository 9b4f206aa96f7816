import { sql } from 'drizzle-orm';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';

/** A row of a read that cannot be read exactly. */
export interface QuarantinedRow {
  readonly position: string;
  readonly field: string | null;
  readonly why: string;
  readonly raw: string;
  readonly digest: string;
  /** The days that it may be of, both included: its own day, or all days of the read. */
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** One read of whole days by one source. */
interface RowsRead {
  readonly accountKey: string;
  readonly source: string;
  readonly runId: string;
  readonly window: { readonly from: LocalDate; readonly to: LocalDate };
}

const INSERT_BATCH = 200;

/**
 * Stores the unreadable rows of a read, each once however often it is shown, opens a case for each that has none and that
 * no person has closed, and closes the cases of rows that a read of all their days no longer shows.
 * Answers how many cases are new.
 */
export async function recordQuarantinedRows(
  tx: Transaction,
  read: RowsRead,
  rows: readonly QuarantinedRow[],
): Promise<number> {
  const seen: string[] = [];
  const occurrences = new Map<string, number>();
  for (let start = 0; start < rows.length; start += INSERT_BATCH) {
    const batch = rows.slice(start, start + INSERT_BATCH).map((row) => {
      const occurrence = (occurrences.get(row.digest) ?? 0) + 1;
      occurrences.set(row.digest, occurrence);
      return { ...row, occurrence };
    });
    seen.push(...(await upsertRows(tx, read, batch)));
  }
  await closeCases(tx, read, seen);
  if (seen.length === 0) return 0;
  const opened = await tx.execute<{ id: string }>(sql`
    insert into line_cases (kind, row_id)
    select 'row_unreadable', i.id from unnest(${param(seen)}::bigint[]) as i(id)
     where not exists (select 1 from line_cases c
                        where c.row_id = i.id and (c.closed_at is null or c.outcome = 'decided'))
    on conflict do nothing returning id::text`);
  return opened.length;
}

/** The days of a row whose own day is unknown become fewer with each read that shows it. */
async function upsertRows(
  tx: Transaction,
  { accountKey, source, runId }: RowsRead,
  rows: readonly (QuarantinedRow & { readonly occurrence: number })[],
): Promise<readonly string[]> {
  const column = (values: readonly (string | number | null)[]) => param(values);
  const stored = await tx.execute<{ id: string }>(sql`
    insert into quarantined_rows as q (bank_account_key, source, run_id, digest, occurrence, position, field, why, raw, day_from, day_to)
    select ${accountKey}, ${source}, ${runId}, i.*
      from unnest(${column(rows.map((row) => row.digest))}::text[], ${column(rows.map((row) => row.occurrence))}::integer[],
                  ${column(rows.map((row) => row.position))}::text[], ${column(rows.map((row) => row.field))}::text[],
                  ${column(rows.map((row) => row.why))}::text[], ${column(rows.map((row) => row.raw))}::text[],
                  ${column(rows.map((row) => row.from))}::date[], ${column(rows.map((row) => row.to))}::date[]) as i
    on conflict on constraint quarantined_rows_once do update
       set run_id = excluded.run_id, position = excluded.position, field = excluded.field, why = excluded.why, raw = excluded.raw,
           last_seen_at = now(),
           day_from = case when (q.day_from, q.day_to + 1) overlaps (excluded.day_from, excluded.day_to + 1)
                           then greatest(q.day_from, excluded.day_from) else excluded.day_from end,
           day_to = case when (q.day_from, q.day_to + 1) overlaps (excluded.day_from, excluded.day_to + 1)
                         then least(q.day_to, excluded.day_to) else excluded.day_to end
    returning q.id::text`);
  return stored.map(({ id }) => id);
}

async function closeCases(
  tx: Transaction,
  { accountKey, source, window }: RowsRead,
  seen: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    update line_cases c set closed_at = now(), outcome = 'restored'
      from quarantined_rows q
     where c.row_id = q.id and c.closed_at is null and q.bank_account_key = ${accountKey} and q.source = ${source}
       and q.day_from >= ${window.from}::date and q.day_to <= ${window.to}::date
       and not q.id = any(${param(seen)}::bigint[])`);
}

/** Notes the fields that nobody reads, each once for an account. Answers those that are new. */
export async function recordUnknownFields(
  tx: Transaction,
  accountKey: string,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const rows = await tx.execute<{ name: string; is_new: boolean }>(sql`
    insert into unknown_fields (bank_account_key, name)
    select ${accountKey}, n from unnest(${param(names)}::text[]) as n
    on conflict (bank_account_key, name) do update set last_seen_at = now()
    returning name, first_seen_at = last_seen_at as is_new`);
  return rows.filter((row) => row.is_new).map(({ name }) => name);
}

/** A field of a bank's answers that nobody reads. */
export interface UnknownField {
  readonly accountKey: string;
  readonly name: string;
  readonly firstSeenAt: Date;
}

/** Unknown fields of all accounts, oldest first. */
export async function listUnknownFields(executor: Executor): Promise<readonly UnknownField[]> {
  const rows = await executor.execute<{ key: string; name: string; first_seen_at: string }>(sql`
    select bank_account_key as key, name, first_seen_at from unknown_fields
     order by first_seen_at, bank_account_key, name limit 200`);
  return rows.map((row) => ({
    accountKey: row.key,
    name: row.name,
    firstSeenAt: new Date(row.first_seen_at),
  }));
}

/** Open cases of rows that cannot be read. */
export async function countUnreadableRows(
  executor: Executor,
  accountKey: string | null,
): Promise<number> {
  const rows = await executor.execute<{ open: number }>(sql`
    select count(*)::int as open from line_cases c join quarantined_rows q on q.id = c.row_id
     where c.closed_at is null and (${accountKey}::text is null or q.bank_account_key = ${accountKey})`);
  return rows[0]?.open ?? 0;
}
