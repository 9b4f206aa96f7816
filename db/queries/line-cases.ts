import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { lineCases, type LineCaseKind } from '../schema/gates.ts';
import { deposits } from '../schema/deposits.ts';
import { lines } from '../schema/lines.ts';

/** A line that a read of its whole day misses this often in a row is gone, and not only late. */
const MISSED_READS_MIN = 2;

/**
 * Opens a case for each line that complete reads of its day have missed twice or more, for each id that came with another
 * amount, and for each reversal without an original; closes those that the bank has set right. Answers how many are new.
 */
export async function updateLineCases(tx: Transaction, accountKey: string): Promise<number> {
  await tx.execute(sql`
    update line_cases c set closed_at = now(), outcome = 'restored'
      from lines l
     where c.line_id = l.id and l.bank_account_key = ${accountKey} and c.kind = 'line_vanished' and c.closed_at is null
       and not exists (select 1 from line_absences a where a.line_id = l.id and a.until is null)`);
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
       and (select count(*) from runs r where r.bank_account_key = l.bank_account_key and r.kind = 'poll' and r.outcome is distinct from 'failed'
               and r.started_at >= a.since and r.window_from <= l.booking_date and r.window_to >= l.booking_date) >= ${MISSED_READS_MIN}
    union all
    select 'amount_changed', o.id, l.id
      from deposits d join lines l on l.id = d.line_id
      join lateral (
        select k.id from sightings s join sightings t on t.bank_account_key = s.bank_account_key and t.bank_id = s.bank_id
          join lines k on k.id = t.line_id
         where s.line_id = l.id and s.bank_id is not null and k.id < l.id and k.amount_minor <> l.amount_minor
         order by k.id desc limit 1) o on true
     where d.bank_account_key = ${accountKey} and d.hold_reason = 'id_reused' and d.state in ('captured', 'in_review')
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

/** Cases with the facts of their lines, newest first. */
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
  return executor
    .select({
      row: lineCases,
      accountKey: lines.bankAccountKey,
      amountMinor: lines.amountMinor,
      currency: lines.currency,
      bookingDate: lines.bookingDate,
      depositId: deposits.id,
      depositState: deposits.state,
    })
    .from(lineCases)
    .innerJoin(lines, eq(lines.id, lineCases.lineId))
    .leftJoin(deposits, eq(deposits.lineId, lines.id))
    .where(
      and(
        accountKey === null ? undefined : eq(lines.bankAccountKey, accountKey),
        isOpen ? isNull(lineCases.closedAt) : undefined,
        beforeId === null ? undefined : lt(lineCases.id, beforeId),
      ),
    )
    .orderBy(desc(lineCases.id))
    .limit(limit);
}

export type LineCaseRow = Awaited<ReturnType<typeof listLineCases>>[number];

/** A person has looked and says why nothing is left to do; false where it is closed already. */
export async function closeLineCase(
  tx: Transaction,
  decided: { readonly id: bigint; readonly by: string; readonly note: string },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update line_cases set closed_at = now(), outcome = 'decided', closed_by = ${decided.by}, note = ${decided.note}
     where id = ${decided.id.toString()}::bigint and closed_at is null returning id`);
  return rows.length === 1;
}
