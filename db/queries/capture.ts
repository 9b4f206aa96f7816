import { sql, type SQL } from 'drizzle-orm';
import type { Batch, Evidence, Hold } from '../../domain/line/identity.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { FeedKind } from '../../domain/line/sighting.ts';
import type { Transaction } from '../client.ts';
import { arrayText, param } from '../param.ts';

/** Waits for other captures of the same bank account: counting known lines and adding new lines must be one step. */
export async function lockBankAccountForCapture(
  tx: Transaction,
  accountKey: string,
): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`capture:${accountKey}`}, 0))`,
  );
}

/** A large capture writes for longer than an ordinary statement may. */
export async function allowLongStatements(tx: Transaction, timeoutMs: number): Promise<void> {
  await tx.execute(sql`select set_config('statement_timeout', ${`${timeoutMs}ms`}, true)`);
}

/** A line to store, with a signed amount. Only credits use `depositId`. */
export interface LineInsert {
  readonly factsKey: string;
  readonly occurrence: number;
  readonly transactionKey: string;
  readonly bookingDate: LocalDate;
  readonly valueDate: LocalDate | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reversal: boolean;
  readonly references: readonly string[];
  readonly text: string;
  readonly counterpartyName: string | null;
  readonly counterpartyAccount: string | null;
  readonly depositId: string;
  readonly hold: Hold | null;
  /** The sighting stored with the line; null if a held row becomes its first. */
  readonly seen: Pick<SightingInsert, 'bankId' | 'reference' | 'balanceMinor' | 'batch'> | null;
}

/** The origin of the rows: a feed, the source within it (such as a file format), and the run that read it. */
export interface Appearance {
  readonly accountKey: string;
  readonly feed: FeedKind;
  readonly source: string;
  readonly runId: string | null;
}

/** Stores lines, with their origin journals, deposits and first sightings, in one statement; answers the line ids in order. */
export async function insertLines(
  tx: Transaction,
  batch: Appearance & { readonly keyScheme: number; readonly lines: readonly LineInsert[] },
): Promise<readonly string[]> {
  const { lines } = batch;
  const rows = await tx.execute<{ line_id: string }>(sql`
    select line_id from capture_lines(
      ${batch.accountKey}, ${batch.runId}, ${batch.feed}, ${batch.source}, ${batch.keyScheme}::smallint,
      ${param(lines.map((line) => line.factsKey))}::text[],
      ${param(lines.map((line) => line.occurrence))}::integer[],
      ${param(lines.map((line) => line.transactionKey))}::text[],
      ${param(lines.map((line) => line.bookingDate))}::date[],
      ${param(lines.map((line) => line.valueDate))}::date[],
      ${param(lines.map((line) => line.amountMinor.toString()))}::bigint[],
      ${param(lines.map((line) => line.currency))}::text[],
      ${param(lines.map((line) => line.reversal))}::boolean[],
      ${param(lines.map((line) => arrayText(line.references)))}::text[],
      ${param(lines.map((line) => line.text))}::text[],
      ${param(lines.map((line) => line.counterpartyName))}::text[],
      ${param(lines.map((line) => line.counterpartyAccount))}::text[],
      ${param(lines.map((line) => line.depositId))}::text[],
      ${param(lines.map((line) => line.hold?.reason ?? null))}::text[],
      ${param(lines.map((line) => line.seen !== null))}::boolean[],
      ${param(lines.map((line) => line.seen?.bankId ?? null))}::text[],
      ${param(lines.map((line) => line.seen?.reference ?? null))}::text[],
      ${param(lines.map((line) => line.hold?.besideLineId ?? null))}::bigint[],
      ${param(lines.map((line) => minorText(line.seen?.balanceMinor)))}::bigint[],
      ${param(lines.map((line) => line.seen?.batch?.bankId ?? null))}::text[],
      ${param(lines.map((line) => minorText(line.seen?.batch?.amountMinor)))}::bigint[]) order by idx`);
  return rows.map((row) => row.line_id);
}

/** One appearance of a known line. */
export interface SightingInsert {
  readonly lineId: string;
  readonly bankId: string | null;
  readonly factsKey: string;
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly reference: string | null;
  readonly balanceMinor: bigint | null;
  readonly batch: Batch | null;
  /** Null for the row that the line was made of. */
  readonly evidence: Evidence | null;
}

/** Records sightings of known lines; a way in which a line was seen already adds nothing. Answers the lines with new ones. */
export async function insertSightings(
  tx: Transaction,
  capture: Appearance,
  rows: readonly SightingInsert[],
): Promise<readonly string[]> {
  if (rows.length === 0) return [];
  const added = await tx.execute<{ id: string }>(sql`
    insert into sightings (bank_account_key, line_id, feed, source, run_id, bank_id, facts_key, booking_date, amount_minor, reference,
                           balance_minor, batch_id, batch_minor, evidence)
    select ${capture.accountKey}, i.line_id, ${capture.feed}, ${capture.source}, ${capture.runId}, i.bank_id, i.facts_key, i.booking_date,
           i.amount, i.reference, i.balance, i.batch_id, i.batch_minor, i.evidence
      from unnest(${param(rows.map((row) => row.lineId))}::bigint[], ${rowArrays(rows)}, ${param(rows.map((row) => row.evidence))}::text[])
           as i(line_id, ${ROW_COLUMNS}, evidence)
     where not exists (
       select 1 from sightings s where s.line_id = i.line_id and s.source = ${capture.source}
          and coalesce(s.bank_id, '') = coalesce(i.bank_id, '') and s.facts_key = i.facts_key)
    on conflict do nothing returning line_id::text as id`);
  return added.map(({ id }) => id);
}

const ROW_COLUMNS = sql`bank_id, facts_key, booking_date, amount, reference, balance, batch_id, batch_minor`;

function rowArrays(rows: readonly Omit<SightingInsert, 'lineId' | 'evidence'>[]): SQL {
  return sql`${param(rows.map((row) => row.bankId))}::text[],
    ${param(rows.map((row) => row.factsKey))}::text[], ${param(rows.map((row) => row.bookingDate))}::date[],
    ${param(rows.map((row) => row.amountMinor.toString()))}::bigint[], ${param(rows.map((row) => row.reference))}::text[],
    ${param(rows.map((row) => minorText(row.balanceMinor)))}::bigint[],
    ${param(rows.map((row) => row.batch?.bankId ?? null))}::text[],
    ${param(rows.map((row) => minorText(row.batch?.amountMinor)))}::bigint[]`;
}

function minorText(minor: bigint | null | undefined): string | null {
  return minor?.toString() ?? null;
}

/** A row that waits, since it may be a known line. */
export interface HeldRowInsert extends Omit<SightingInsert, 'lineId' | 'evidence'>, Hold {
  readonly reads: number;
}

/** Stores rows that wait, each once; one that waited before keeps its row, with the new reason and count. */
export async function holdRows(
  tx: Transaction,
  capture: Appearance,
  rows: readonly HeldRowInsert[],
): Promise<void> {
  // Equal rows of one read wait as one: the next read counts them again.
  const once = [
    ...new Map(rows.map((row) => [`${row.bankId ?? ''} ${row.factsKey}`, row])).values(),
  ];
  if (once.length === 0) return;
  await tx.execute(sql`
    insert into sightings (bank_account_key, feed, source, run_id, bank_id, facts_key, booking_date, amount_minor, reference,
                           balance_minor, batch_id, batch_minor, held_reason, beside_line_id, held_reads)
    select ${capture.accountKey}, ${capture.feed}, ${capture.source}, ${capture.runId}, i.bank_id, i.facts_key, i.booking_date,
           i.amount, i.reference, i.balance, i.batch_id, i.batch_minor, i.reason, i.beside, i.reads
      from unnest(${rowArrays(once)}, ${param(once.map((row) => row.reason))}::text[],
                  ${param(once.map((row) => row.besideLineId))}::bigint[], ${param(once.map((row) => row.reads))}::smallint[])
           as i(${ROW_COLUMNS}, reason, beside, reads)
    on conflict (bank_account_key, source, coalesce(bank_id, ''), facts_key) where line_id is null do update
      set held_reason = excluded.held_reason, beside_line_id = excluded.beside_line_id, held_reads = excluded.held_reads, ended_at = null`);
}

/** Ends held rows: each is a line now, or none. */
export async function endHeldRows(
  tx: Transaction,
  ended: readonly {
    readonly heldId: string;
    readonly lineId: string | null;
    readonly evidence: Evidence | null;
  }[],
): Promise<void> {
  if (ended.length === 0) return;
  const lineIds = param(ended.map((row) => row.lineId));
  // Where the line has been seen in just this way, the held row only ends.
  await tx.execute(sql`
    update sightings s
       set ended_at = now(), evidence = i.evidence,
           line_id = case when not exists (
             select 1 from sightings o where o.line_id = i.line_id and o.source = s.source
                and coalesce(o.bank_id, '') = coalesce(s.bank_id, '') and o.facts_key = s.facts_key) then i.line_id end
      from unnest(${param(ended.map((row) => row.heldId))}::bigint[], ${lineIds}::bigint[],
                  ${param(ended.map((row) => row.evidence))}::text[]) as i(held_id, line_id, evidence)
     where s.id = i.held_id and s.line_id is null`);
}

/** Counts a complete read of their closed day that did not show these held rows. */
export async function countHeldReads(tx: Transaction, heldIds: readonly string[]): Promise<void> {
  if (heldIds.length === 0) return;
  await tx.execute(sql`
    update sightings set held_reads = held_reads + 1 where id = any(${param(heldIds)}::bigint[]) and line_id is null`);
}

/** Ends the holds of lines that are lines of their own; answers their deposits that are still open. */
export async function releaseHolds(
  tx: Transaction,
  accountKey: string,
  lineIds: readonly string[],
): Promise<readonly string[]> {
  if (lineIds.length === 0) return [];
  const rows = await tx.execute<{ id: string }>(sql`
    select deposit_id as id from end_holds(${accountKey}, ${param(lineIds)}::bigint[], 'own')`);
  // Debits among them may be reversals, and the reading of debits has passed them.
  await tx.execute(sql`
    update bank_accounts a set reversals_read_to = least(a.reversals_read_to, d.first - 1)
      from (select min(id) as first from lines where id = any(${param(lineIds)}::bigint[]) and amount_minor < 0) d
     where a.key = ${accountKey} and d.first is not null`);
  return rows.map(({ id }) => id);
}

/** Each snapshot replaces the pending rows of its days: they show the last state, and nothing refers to them. */
export async function replacePendingLines(
  tx: Transaction,
  accountKey: string,
  days: { readonly from: LocalDate; readonly to: LocalDate },
  rows: readonly (Pick<SightingInsert, 'factsKey' | 'bookingDate' | 'amountMinor' | 'reference'> & {
    readonly occurrence: number;
    readonly currency: string;
  })[],
): Promise<void> {
  await tx.execute(sql`
    delete from pending_lines where bank_account_key = ${accountKey} and booking_date between ${days.from}::date and ${days.to}::date`);
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into pending_lines (bank_account_key, facts_key, occurrence, booking_date, amount_minor, currency, reference)
    select ${accountKey}, i.facts_key, i.occurrence, i.booking_date, i.amount, i.currency, i.reference
      from unnest(${param(rows.map((row) => row.factsKey))}::text[], ${param(rows.map((row) => row.occurrence))}::integer[],
                  ${param(rows.map((row) => row.bookingDate))}::date[], ${param(rows.map((row) => row.amountMinor.toString()))}::bigint[],
                  ${param(rows.map((row) => row.currency))}::text[], ${param(rows.map((row) => row.reference))}::text[])
           as i(facts_key, occurrence, booking_date, amount, currency, reference)
    on conflict do nothing`);
}
