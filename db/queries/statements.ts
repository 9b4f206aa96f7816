import { sql } from 'drizzle-orm';
import type { LocalDate } from '../../domain/local-date.ts';
import type { ClosingMoment, Statement, StatementFormat } from '../../domain/line/statement.ts';
import type { Transaction } from '../client.ts';
import type { Continuity, ProvedBy, StatementState } from '../schema/intake.ts';

/** Stores the account number that statements of an account must have. */
export async function pinStatementAccount(
  tx: Transaction,
  accountKey: string,
  number: string,
): Promise<void> {
  await tx.execute(sql`select set_statement_account(${accountKey}, ${number})`);
}

/** A statement as Purser records it: its own facts, and its days. */
export interface StatementRecord {
  readonly fileId: string;
  readonly accountKey: string;
  readonly position: number;
  readonly format: StatementFormat;
  readonly statement: Omit<Statement, 'lines'>;
  readonly provedBy: ProvedBy | null;
  readonly lineCount: number;
  /** Signed sum of the booked lines, and their first and last day. */
  readonly bookedMinor: bigint;
  readonly firstBookedDay: LocalDate | null;
  readonly lastBookedDay: LocalDate | null;
  readonly runId: string;
  readonly firstDay: LocalDate | null;
  readonly lastDay: LocalDate | null;
  /** The moment that the closing balance belongs to; null where the statement has no days. */
  readonly closing: ClosingMoment | null;
  readonly state: StatementState;
}

/**
 * Records the facts of a statement, and how it continues the account's earlier statements. A repeat records its state
 * and its proof anew: a quarantined one may have been released, and the statement that it continues may have come.
 */
export async function recordStatement(tx: Transaction, record: StatementRecord): Promise<void> {
  const { statement } = record;
  const { continuity, differenceMinor } = await findContinuity(tx, record);
  const digits = (minor: bigint | null) => minor?.toString() ?? null;
  await tx.execute(sql`
    insert into statements (file_id, position, format, statement_id, opening_minor, closing_minor, proof, difference_minor, proved_by, line_count,
                            booked_minor, first_booked_day, last_booked_day, run_id,
                            account, first_day, last_day, whole_until, closing_on, continuity, continuity_difference_minor, state)
    values (${record.fileId}, ${record.position}, ${record.format}, ${statement.statementId}, ${digits(statement.openingMinor)}::bigint,
            ${digits(statement.closingMinor)}::bigint, ${statement.proof}, ${digits(statement.differenceMinor)}::bigint,
            ${record.provedBy}, ${record.lineCount},
            ${record.bookedMinor.toString()}::bigint, ${record.firstBookedDay}::date, ${record.lastBookedDay}::date, ${record.runId},
            ${statement.account}, ${record.firstDay}::date, ${record.lastDay}::date, ${record.closing?.wholeUntil ?? null}::date,
            ${record.closing?.closingOn ?? null}::date, ${continuity}, ${digits(differenceMinor)}::bigint, ${record.state})
    on conflict on constraint statements_once do update
       set state = excluded.state, shown_after_minor = 0, proof = excluded.proof, proved_by = excluded.proved_by,
           opening_minor = excluded.opening_minor, difference_minor = excluded.difference_minor`);
}

/**
 * A gap or an overlap is shown and delays nothing: the money of the present lines is real. If both balances are stated,
 * they decide, since statement numbers skip days without entries.
 */
async function findContinuity(
  tx: Transaction,
  record: StatementRecord,
): Promise<{ readonly continuity: Continuity; readonly differenceMinor: bigint | null }> {
  const { statement, firstDay, lastDay } = record;
  if (record.provedBy === 'statement') return { continuity: 'follows', differenceMinor: 0n };
  const rows = await tx.execute<{
    opening_minor: string | null;
    closing_minor: string | null;
    first_day: string;
    last_day: string;
  }>(sql`
    select s.opening_minor::text, s.closing_minor::text, s.first_day::text, s.last_day::text
      from statements s join statement_files f on f.id = s.file_id
     where f.bank_account_key = ${record.accountKey}
       and (s.file_id, s.position) <> (${record.fileId}, ${record.position}) and s.state <> 'copy'
       and s.first_day is not null and s.first_day <= coalesce(${lastDay}::date, s.first_day)
     order by s.last_day desc, s.id desc limit 200`);
  if (rows.length === 0) return { continuity: 'first', differenceMinor: null };
  if (firstDay === null || lastDay === null)
    return { continuity: 'unknown', differenceMinor: null };
  const touching = rows.filter((row) => row.last_day >= firstDay);
  const isRepeat = touching.some(
    (row) =>
      row.first_day === firstDay &&
      row.last_day === lastDay &&
      row.closing_minor === (statement.closingMinor?.toString() ?? null),
  );
  if (isRepeat) return { continuity: 'repeat', differenceMinor: null };
  if (touching.length > 0) return { continuity: 'overlap', differenceMinor: null };
  const [before] = rows;
  const closedWith = before?.closing_minor ?? null;
  if (closedWith === null || statement.openingMinor === null)
    return { continuity: 'unknown', differenceMinor: null };
  const differenceMinor = statement.openingMinor - BigInt(closedWith);
  return { continuity: differenceMinor === 0n ? 'follows' : 'gap', differenceMinor };
}

/**
 * Adds, for the proof of the day, the ledger's lines of these days that the statement shows: as many of each amount as
 * both have, since a line that came later, or from elsewhere, does not count.
 */
export async function addShownAfter(
  tx: Transaction,
  shown: {
    readonly accountKey: string;
    readonly fileId: string;
    readonly position: number;
    readonly days: readonly LocalDate[];
    /** How often the statement shows each signed amount on these days. */
    readonly amounts: ReadonlyMap<bigint, number>;
  },
): Promise<void> {
  const amounts = JSON.stringify(
    [...shown.amounts].map(([minor, count]) => ({ minor: minor.toString(), count })),
  );
  await tx.execute(sql`
    with shown as (
      select minor, count from jsonb_to_recordset(${amounts}::jsonb) as each (minor bigint, count bigint)
    ), kept as (
      select amount_minor as minor, count(*) as count from lines
       where bank_account_key = ${shown.accountKey} and booking_date = any(${`{${shown.days.join(',')}}`}::date[])
         and currency = (select currency from bank_accounts where key = ${shown.accountKey})
       group by amount_minor
    )
    update statements set shown_after_minor = shown_after_minor + (
      select coalesce(sum(minor * least(shown.count, kept.count)), 0)::bigint from shown join kept using (minor))
     where file_id = ${shown.fileId} and position = ${shown.position}`);
}
