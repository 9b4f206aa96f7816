import { sql } from 'drizzle-orm';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { Executor, Transaction } from '../client.ts';
import type { ProvedBy } from '../schema/intake.ts';

/** A statement that states its closing balance, and what its balance was before its first line. */
export interface OpeningToFind {
  readonly accountKey: string;
  readonly fileId: string;
  readonly position: number;
  readonly firstDay: LocalDate;
  readonly lastDay: LocalDate;
  readonly openingMinor: bigint;
}

/**
 * Finds what an opening balance continues to the cent: a statement that closes last before it, or else the ledger, if
 * it agreed with the bank when they were compared last: with all its lines, or with those before the first day. A proof
 * that an earlier attempt found stays, since its lines are in the ledger by now.
 * @param isCaptured the statement's own lines are in the ledger, so that only those before its first day count
 */
export async function findContinued(
  executor: Executor,
  opening: OpeningToFind,
  { isCaptured }: { readonly isCaptured: boolean },
): Promise<'statement' | 'ledger' | null> {
  const { accountKey, fileId, firstDay, lastDay, position } = opening;
  const minor = opening.openingMinor.toString();
  const rows = await executor.execute<{
    found: 'statement' | 'ledger' | null;
    statement: boolean;
    ledger: boolean;
  }>(sql`
    with earlier as (
      select s.closing_on, s.closing_minor from statements s join statement_files f on f.id = s.file_id
       where f.bank_account_key = ${accountKey} and (f.id <> ${fileId} or s.position < ${position}) and s.state in ('captured', 'released')
         and s.proof <> 'failed' and s.closing_minor is not null and s.closing_on <= ${firstDay}::date
    ), proved as (
      select day from (
        select day, difference_minor from day_proofs where bank_account_key = ${accountKey} order by id desc limit 1) newest
       where difference_minor = 0
    ), moved as (
      select a.opening_minor,
             coalesce(sum(p.amount), 0) as to_last, coalesce(sum(p.amount) filter (where j.event_on < ${firstDay}::date), 0) as to_first
        from bank_accounts a
          left join (postings p join journals j on j.id = p.journal_id)
            on p.account = 'bank' and p.bank_account_key = a.key and p.unit = a.currency and j.event_on between a.opening_on and ${lastDay}::date
       where a.key = ${accountKey} and a.opening_on <= ${firstDay}::date
       group by a.key
    )
    select (select proved_by from statements where file_id = ${fileId} and position = ${position}) as found,
           exists (select 1 from earlier where closing_on = (select max(closing_on) from earlier)
                      and closing_minor = ${minor}::bigint) as statement,
           exists (select 1 from moved, proved
                    where (not ${isCaptured} and opening_minor + to_last = ${minor}::bigint)
                       or (opening_minor + to_first = ${minor}::bigint and day >= ${firstDay}::date - 1)) as ledger`);
  const [row] = rows;
  if ((row?.found ?? null) !== null) return row?.found ?? null;
  if (row?.statement === true) return 'statement';
  return row?.ledger === true ? 'ledger' : null;
}

/** A captured statement that nothing proves yet, with the balance before its first line. */
export interface UnprovedStatement extends OpeningToFind {
  readonly id: bigint;
}

/** Captured statements of an account that state their closing balance and have no proof, in the order of their days. */
export async function listUnprovedStatements(
  executor: Executor,
  query: { readonly accountKey: string; readonly limit: number },
): Promise<readonly UnprovedStatement[]> {
  const rows = await executor.execute<{
    id: string;
    file_id: string;
    position: number;
    first_day: string;
    last_day: string;
    opening: string;
  }>(sql`
    select s.id::text, s.file_id, s.position, s.first_booked_day::text as first_day, s.last_booked_day::text as last_day,
           (s.closing_minor - s.booked_minor)::text as opening
      from statements s join statement_files f on f.id = s.file_id
     where f.bank_account_key = ${query.accountKey} and s.proof = 'absent' and s.state = 'captured' and s.closing_minor is not null
       and s.first_booked_day is not null 
       and coalesce(s.opening_minor, s.closing_minor - s.booked_minor) = s.closing_minor - s.booked_minor
     order by s.first_booked_day, s.id limit ${query.limit}`);
  return rows.map((row) => ({
    id: BigInt(row.id),
    accountKey: query.accountKey,
    fileId: row.file_id,
    position: row.position,
    firstDay: parseLocalDate(row.first_day),
    lastDay: parseLocalDate(row.last_day),
    openingMinor: BigInt(row.opening),
  }));
}

/** Records the proof that a statement got by what came after it. */
export async function markStatementProved(
  tx: Transaction,
  proved: { readonly id: bigint; readonly by: ProvedBy; readonly openingMinor: bigint },
): Promise<void> {
  await tx.execute(sql`
    update statements set proof = 'ok', proved_by = ${proved.by}, difference_minor = 0,
           opening_minor = ${proved.openingMinor.toString()}::bigint,
           continuity = case when ${proved.by} = 'statement' then 'follows' else continuity end,
           continuity_difference_minor = case when ${proved.by} = 'statement' then 0 else continuity_difference_minor end
     where id = ${proved.id.toString()}::bigint and proof = 'absent'`);
}

/**
 * True for a deposit \`d\` that waited since its statement proved nothing (\`proof_absent\`): a statement that shows its line
 * has a proof by now, and no part of that file that may hold it lacks one; or the bank's API shows the line.
 */
export const IS_PROVED_SINCE = sql`exists (
  select 1 from sightings x where x.line_id = d.line_id and (x.feed = 'poll' or exists (
    select 1 from statements s where s.run_id = x.run_id and s.proof = 'ok' and s.state in ('captured', 'released')
       and d.booking_date between s.first_booked_day and s.last_booked_day
       and not exists (
         select 1 from statements o where o.run_id = x.run_id and o.proof <> 'ok' and o.state = 'captured'
            and d.booking_date between o.first_booked_day and o.last_booked_day))))`;

/** A statement that may share a day with another one: banks close some days twice. */
export interface DaySharer {
  readonly accountKey: string;
  readonly fileId: string;
  /** Days of its first and last booked line. */
  readonly firstDay: LocalDate;
  readonly lastDay: LocalDate;
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
}

/** A day that two files share, each with lines of its own; `runIds` read the other files. */
export interface SharedDay {
  readonly day: LocalDate;
  readonly runIds: readonly string[];
}

/**
 * The days of a statement that other files continue to the cent, or that continue them: the statements of such a day show
 * different lines of it, and none shows the whole day. A statement that opens as the other does is the other one again.
 */
export async function findSharedDays(
  executor: Executor,
  of: DaySharer,
): Promise<readonly SharedDay[]> {
  const [opening, closing] = [of.openingMinor, of.closingMinor].map(
    (minor) => minor?.toString() ?? null,
  );
  const rows = await executor.execute<{ day: string; run_ids: string[] }>(sql`
    with recursive others as (
      select s.run_id, s.first_booked_day as first_day, s.last_booked_day as last_day, s.opening_minor, s.closing_minor
        from statements s join statement_files f on f.id = s.file_id
       where f.bank_account_key = ${of.accountKey} and f.id <> ${of.fileId} and s.state in ('captured', 'released')
         and s.opening_minor is not null and s.closing_minor is not null and s.opening_minor <> s.closing_minor
         and s.opening_minor is distinct from ${opening}::bigint and (s.last_booked_day = ${of.firstDay}::date or s.first_booked_day = ${of.lastDay}::date)
    ), before as (
      select run_id, opening_minor from others where last_day = ${of.firstDay}::date and closing_minor = ${opening}::bigint
      union
      select o.run_id, o.opening_minor from others o join before b on o.closing_minor = b.opening_minor
       where o.last_day = ${of.firstDay}::date
    ), after as (
      select run_id, closing_minor from others where first_day = ${of.lastDay}::date and opening_minor = ${closing}::bigint
      union
      select o.run_id, o.closing_minor from others o join after a on o.opening_minor = a.closing_minor
       where o.first_day = ${of.lastDay}::date
    )
    select day::text, array_agg(distinct run_id) as run_ids from (
      select ${of.firstDay}::date as day, run_id from before
      union all select ${of.lastDay}::date, run_id from after) shared
     where run_id is not null group by day order by day`);
  return rows.map((row) => ({ day: parseLocalDate(row.day), runIds: row.run_ids }));
}
