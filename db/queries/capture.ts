import { sql } from 'drizzle-orm';
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
  readonly hold: string | null;
  /** The sighting stored with the line; null if a held sighting becomes its first. */
  readonly seen: { readonly bankId: string | null; readonly reference: string | null } | null;
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
      ${param(lines.map((line) => line.hold))}::text[],
      ${param(lines.map((line) => line.seen !== null))}::boolean[],
      ${param(lines.map((line) => line.seen?.bankId ?? null))}::text[],
      ${param(lines.map((line) => line.seen?.reference ?? null))}::text[]) order by idx`);
  return rows.map((row) => row.line_id);
}

/** One appearance; `lineId` null holds it until a complete snapshot of its day. */
export interface SightingInsert {
  readonly lineId: string | null;
  readonly bankId: string | null;
  readonly factsKey: string;
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly reference: string | null;
}

/** Records sightings of known lines, and held sightings; a sighting that is already known adds nothing. */
export async function insertSightings(
  tx: Transaction,
  capture: Appearance,
  rows: readonly SightingInsert[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into sightings (bank_account_key, line_id, feed, source, run_id, bank_id, facts_key, booking_date, amount_minor, reference)
    select ${capture.accountKey}, i.line_id, ${capture.feed}, ${capture.source}, ${capture.runId}, i.bank_id, i.facts_key, i.booking_date, i.amount, i.reference
      from unnest(${param(rows.map((row) => row.lineId))}::bigint[], ${param(rows.map((row) => row.bankId))}::text[],
                  ${param(rows.map((row) => row.factsKey))}::text[], ${param(rows.map((row) => row.bookingDate))}::date[],
                  ${param(rows.map((row) => row.amountMinor.toString()))}::bigint[], ${param(rows.map((row) => row.reference))}::text[])
           as i(line_id, bank_id, facts_key, booking_date, amount, reference)
     where i.line_id is null or not exists (
       select 1 from sightings s where s.line_id = i.line_id and s.source = ${capture.source}
          and coalesce(s.bank_id, '') = coalesce(i.bank_id, '') and s.facts_key = i.facts_key)
    on conflict do nothing`);
}

/** Attaches held sightings to their lines; a line may already have that sighting. */
export async function attachHeldSightings(
  tx: Transaction,
  resolved: readonly { readonly heldId: string; readonly lineId: string }[],
): Promise<void> {
  if (resolved.length === 0) return;
  await tx.execute(sql`
    update sightings s set line_id = i.line_id
      from unnest(${param(resolved.map((row) => row.heldId))}::bigint[], ${param(resolved.map((row) => row.lineId))}::bigint[]) as i(held_id, line_id)
     where s.id = i.held_id and s.line_id is null and not exists (
       select 1 from sightings o where o.line_id = i.line_id and o.source = s.source
          and coalesce(o.bank_id, '') = coalesce(s.bank_id, '') and o.facts_key = s.facts_key)`);
}

/** Each snapshot replaces the pending rows of its days: they show the last state, and nothing refers to them. */
export async function replacePendingLines(
  tx: Transaction,
  accountKey: string,
  days: { readonly from: LocalDate; readonly to: LocalDate },
  rows: readonly (Omit<SightingInsert, 'lineId' | 'bankId'> & {
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
