import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { lineCases, type LineCaseKind } from '../schema/gates.ts';
import { quarantinedRows } from '../schema/intake.ts';
import { deposits } from '../schema/deposits.ts';
import { reversals } from '../schema/ledger.ts';
import { lines } from '../schema/lines.ts';
import { OPEN_STATES } from './open-deposits.ts';

/** A line that this many reads of its whole day in a row do not show is removed, not just late. */
const MISSED_READS_MIN = 2;

/**
 * Opens a case for each line that complete reads of its day have missed twice or more, once for each absence, for each
 * id that came with another amount, for each reversal without an original, and for each credited line that only a webhook
 * showed and that two reads past its day do not; closes the cases that the bank has corrected. Answers how many are new.
 */
export async function updateLineCases(tx: Transaction, accountKey: string): Promise<number> {
  await tx.execute(sql`select release_confirmed(${accountKey})`);
  await tx.execute(sql`
    update line_cases c set closed_at = now(), outcome = 'restored'
      from lines l
     where c.line_id = l.id and l.bank_account_key = ${accountKey} and c.kind = 'line_vanished' and c.closed_at is null
       and not exists (select 1 from line_absences a where a.line_id = l.id and a.until is null)
       and not exists (select 1 from credit_holds h where h.line_id = l.id and h.reason = 'unconfirmed' and h.closed_at is null)`);
  await tx.execute(sql`
    update line_cases c set closed_at = now(), outcome = 'settled'
      from lines l left join deposits d on d.line_id = l.id left join reversals r on r.line_id = l.id
     where c.line_id = l.id and l.bank_account_key = ${accountKey} and c.closed_at is null
       and (d.state = 'reversed' or r.deposit_id is not null)`);
  const rows = await tx.execute<{ id: string }>(sql`
    insert into line_cases (kind, line_id, other_id)
    select 'line_vanished', l.id, null::bigint
      from line_absences a join lines l on l.id = a.line_id left join deposits d on d.line_id = l.id
     where l.bank_account_key = ${accountKey} and a.until is null and d.state is distinct from 'reversed'
       and not exists (select 1 from line_cases c where c.line_id = l.id and c.kind = 'line_vanished' and c.opened_at >= a.since)
       -- A row that cannot be read since the line is gone may be that line.
       and not exists (select 1 from quarantined_rows q join line_cases u on u.row_id = q.id and u.closed_at is null
                        where q.bank_account_key = l.bank_account_key and q.first_seen_at >= a.since
                          and l.booking_date between q.day_from and q.day_to)
       and (select count(*) from runs r where r.bank_account_key = l.bank_account_key and r.kind = 'poll' and r.outcome is distinct from 'failed'
               and r.started_at >= a.since and r.window_from <= l.booking_date and r.window_to >= l.booking_date) >= ${MISSED_READS_MIN}
    union all
    select distinct 'line_vanished', l.id, null::bigint
      from credit_holds h join lines l on l.id = h.line_id
     where h.bank_account_key = ${accountKey} and h.reason = 'unconfirmed' and h.closed_at is null
       -- A row that reads counted for the line, and that leaves nothing pending, asks nobody anything.
       and not (h.held_minor = 0 and exists (select 1 from sightings s where s.line_id = l.id and s.feed <> 'webhook'))
       -- A row that waits, or cannot be read, may be that line.
       and not exists (select 1 from sightings w where w.bank_account_key = l.bank_account_key and w.beside_line_id = l.id
                          and w.line_id is null and w.ended_at is null)
       and not exists (select 1 from quarantined_rows q join line_cases u on u.row_id = q.id and u.closed_at is null
                        where q.bank_account_key = l.bank_account_key and q.first_seen_at >= l.captured_at
                          and l.booking_date between q.day_from and q.day_to)
       and not exists (select 1 from line_cases c where c.line_id = l.id and c.kind = 'line_vanished' and c.opened_at >= l.captured_at)
       and (select count(*) from runs r where r.bank_account_key = l.bank_account_key and r.outcome is distinct from 'failed'
               and r.started_at >= l.captured_at and r.window_to >= l.booking_date) >= ${MISSED_READS_MIN}
    union all
    select 'amount_changed', o.id, l.id
      from deposits d join lines l on l.id = d.line_id
      join lateral (
        select k.id from sightings s join sightings t on t.bank_account_key = s.bank_account_key and t.bank_id = s.bank_id
          join lines k on k.id = t.line_id
         where s.line_id = l.id and s.bank_id is not null and k.id < l.id and k.amount_minor <> l.amount_minor
         order by k.id desc limit 1) o on true
     where d.bank_account_key = ${accountKey} and d.hold_reason = 'id_reused' and d.state in ${OPEN_STATES}
       and not exists (select 1 from line_cases c where c.kind = 'amount_changed' and c.other_id = l.id)
    union all
    select 'reversal_unpaired', r.line_id, null from reversals r
     where r.bank_account_key = ${accountKey} and r.state = 'unpaired'
       and not exists (select 1 from line_cases c where c.kind = 'reversal_unpaired' and c.line_id = r.line_id)
    on conflict do nothing returning id::text`);
  return rows.length;
}

/** Open cases by kind; kinds without one are left out. */
export async function countOpenCases(
  executor: Executor,
): Promise<readonly { readonly kind: LineCaseKind; readonly count: number }[]> {
  return executor.execute<{ kind: LineCaseKind; count: number }>(sql`
    select kind, count(*)::int as count from line_cases where closed_at is null group by kind order by kind`);
}

/** Cases with the facts of their lines or rows, newest first. */
export async function listLineCases(
  executor: Executor,
  query: {
    readonly accountKey: string | null;
    readonly isOpen: boolean;
    readonly beforeId: bigint | null;
    readonly limit: number;
  },
) {
  const { accountKey, beforeId, isOpen, limit } = query;
  const account = sql<string>`coalesce(${lines.bankAccountKey}, ${quarantinedRows.bankAccountKey})`;
  return executor
    .select({
      row: lineCases,
      accountKey: account,
      amountMinor: lines.amountMinor,
      currency: lines.currency,
      bookingDate: lines.bookingDate,
      depositId: deposits.id,
      depositState: deposits.state,
      unreadable: quarantinedRows,
      candidates: reversals.candidates,
    })
    .from(lineCases)
    .leftJoin(lines, eq(lines.id, lineCases.lineId))
    .leftJoin(quarantinedRows, eq(quarantinedRows.id, lineCases.rowId))
    .leftJoin(deposits, eq(deposits.lineId, lines.id))
    .leftJoin(reversals, eq(reversals.lineId, lines.id))
    .where(
      and(
        accountKey === null ? undefined : sql`${account} = ${accountKey}`,
        isOpen ? isNull(lineCases.closedAt) : undefined,
        beforeId === null ? undefined : lt(lineCases.id, beforeId),
      ),
    )
    .orderBy(desc(lineCases.id))
    .limit(limit);
}

export type LineCaseRow = Awaited<ReturnType<typeof listLineCases>>[number];

/** The line and deposit of an open case about a line. */
export interface OpenLineCase {
  readonly id: bigint;
  readonly kind: LineCaseKind;
  readonly lineId: bigint;
  readonly accountKey: string;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Null if the line is a debit. */
  readonly depositId: string | null;
}

/** An open case: about a line, or about a row that is none. */
export async function findOpenCase(
  executor: Executor,
  id: bigint,
): Promise<OpenLineCase | { readonly kind: 'row_unreadable' } | null> {
  const rows = await executor
    .select({
      id: lineCases.id,
      kind: lineCases.kind,
      lineId: lineCases.lineId,
      accountKey: lines.bankAccountKey,
      amountMinor: lines.amountMinor,
      currency: lines.currency,
      depositId: deposits.id,
    })
    .from(lineCases)
    .leftJoin(lines, eq(lines.id, lineCases.lineId))
    .leftJoin(deposits, eq(deposits.lineId, lineCases.lineId))
    .where(and(eq(lineCases.id, id), isNull(lineCases.closedAt)))
    .limit(1);
  const [row] = rows;
  if (row === undefined) return null;
  const { lineId, accountKey, amountMinor, currency } = row;
  if (lineId === null || accountKey === null || amountMinor === null || currency === null)
    return { kind: 'row_unreadable' };
  return { ...row, lineId, accountKey, amountMinor, currency };
}

/** The bank account of a reversal's case, open or closed; null for a case of another kind. */
export async function findAccountOfCase(executor: Executor, id: bigint): Promise<string | null> {
  const rows = await executor
    .select({ accountKey: lines.bankAccountKey })
    .from(lineCases)
    .innerJoin(lines, eq(lines.id, lineCases.lineId))
    .where(and(eq(lineCases.id, id), eq(lineCases.kind, 'reversal_unpaired')))
    .limit(1);
  return rows[0]?.accountKey ?? null;
}

/** The open case of one kind about a line, locked. */
export async function lockCaseOfLine(
  tx: Transaction,
  about: { readonly kind: LineCaseKind; readonly lineId: bigint },
): Promise<{ readonly id: bigint } | null> {
  const rows = await tx
    .select({ id: lineCases.id })
    .from(lineCases)
    .where(
      and(
        eq(lineCases.lineId, about.lineId),
        eq(lineCases.kind, about.kind),
        isNull(lineCases.closedAt),
      ),
    )
    .limit(1)
    .for('update');
  return rows[0] ?? null;
}

/** Deposits that were voided because their line was removed, and whose line the bank shows again. */
export async function listRestored(
  executor: Executor,
  query: { readonly accountKey: string; readonly depositId: string | null; readonly limit: number },
): Promise<readonly { readonly depositId: string; readonly nextGeneration: number }[]> {
  const rows = await executor.execute<{ id: string; next: number }>(sql`
    select d.id, greatest(d.generation, (select max(j.generation) from journals j
             where j.deposit_id = d.id and j.kind in ('credit', 'return', 'dismiss')))::int + 1 as next
      from deposits d
     where d.state = 'reversed' and (${query.depositId}::text is null or d.id = ${query.depositId})
       and exists (select 1 from journals v where v.bank_account_key = ${query.accountKey} and v.line_id = d.line_id
                      and v.kind = 'void' and v.generation >= d.generation)
       and not exists (select 1 from line_absences a where a.line_id = d.line_id and a.until is null)
       and not exists (select 1 from line_holds h where h.line_id = d.line_id and h.ended_as = 'same')
     order by d.id limit ${query.limit}`);
  return rows.map((row) => ({ depositId: row.id, nextGeneration: row.next }));
}

/** Closes a case for a person who says why nothing is left to do; false if it is already closed. */
export async function closeLineCase(
  tx: Transaction,
  decided: { readonly id: bigint; readonly by: string; readonly note: string },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update line_cases set closed_at = now(), outcome = 'decided', closed_by = ${decided.by}, note = ${decided.note}
     where id = ${decided.id.toString()}::bigint and closed_at is null returning id`);
  return rows.length === 1;
}
