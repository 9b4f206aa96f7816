import { sql } from 'drizzle-orm';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Executor } from '../client.ts';

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
 */
export async function findContinued(
  executor: Executor,
  opening: OpeningToFind,
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
                    where opening_minor + to_last = ${minor}::bigint
                       or (opening_minor + to_first = ${minor}::bigint and day >= ${firstDay}::date - 1)) as ledger`);
  const [row] = rows;
  if ((row?.found ?? null) !== null) return row?.found ?? null;
  if (row?.statement === true) return 'statement';
  return row?.ledger === true ? 'ledger' : null;
}
