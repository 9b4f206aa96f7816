import { desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { Executor, Transaction } from '../client.ts';
import { bankAccounts } from '../schema/bank-accounts.ts';
import { dayProofs } from '../schema/gates.ts';
import { statements } from '../schema/intake.ts';
import { OPEN_STATES } from './open-deposits.ts';

/** A comparison, with the file of the statement that states the bank's balance. */
export interface DayProof extends Readonly<typeof dayProofs.$inferSelect> {
  readonly fileId: string | null;
}

/** The balance of an account on a day, as the bank states it. */
export interface StatedBalance {
  readonly day: LocalDate;
  readonly minor: bigint;
}

/** The closing balance of a statement, and the lines before the moment that it belongs to. */
export interface StatedClosing extends StatedBalance {
  readonly statementId: bigint;
  /** The last day that counts whole. */
  readonly wholeUntil: LocalDate;
  /** The ledger's lines of later days that the statement shows. */
  readonly shownAfterMinor: bigint;
}

/** A captured statement `s` of the file `f` whose closing balance is good. */
const HAS_CLOSING = sql`
  s.proof = 'ok' and s.state in ('captured', 'released') and f.state = 'captured' and s.closing_minor is not null
  and s.closing_on is not null and s.whole_until is not null`;

/** The newest closing balance of a captured statement with a good proof; null if there is none. */
export async function findStatedClosing(
  executor: Executor,
  accountKey: string,
): Promise<StatedClosing | null> {
  const rows = await executor.execute<{
    id: string;
    day: string;
    whole_until: string;
    shown_after: string;
    minor: string;
  }>(sql`
    select s.id::text, s.closing_on::text as day, s.whole_until::text, s.shown_after_minor::text as shown_after,
           s.closing_minor::text as minor
      from statements s join statement_files f on f.id = s.file_id
     where f.bank_account_key = ${accountKey} and ${HAS_CLOSING}
     order by s.closing_on desc, s.whole_until desc, s.id desc limit 1`);
  const row = rows[0];
  return row === undefined
    ? null
    : {
        statementId: BigInt(row.id),
        day: parseLocalDate(row.day),
        wholeUntil: parseLocalDate(row.whole_until),
        shownAfterMinor: BigInt(row.shown_after),
        minor: BigInt(row.minor),
      };
}

/**
 * Stores the balance of the account before our first line, from its earliest statement with a good proof. If an earlier
 * statement arrives later, its balance replaces the stored one: the ledger then begins earlier.
 */
export async function pinOpening(
  tx: Transaction,
  accountKey: string,
): Promise<StatedBalance | null> {
  const rows = await tx.execute<{ day: string; minor: string }>(sql`
    with first as (
      select s.first_day, s.opening_minor
        from statements s join statement_files f on f.id = s.file_id
       where f.bank_account_key = ${accountKey} and s.proof = 'ok' and s.state in ('captured', 'released')
         and s.opening_minor is not null and s.first_day is not null and f.state = 'captured'
       order by s.first_day, s.id limit 1
    )
    update bank_accounts a set opening_minor = f.opening_minor, opening_on = f.first_day
      from first f where a.key = ${accountKey}
    returning a.opening_on::text as day, a.opening_minor::text as minor`);
  const row = rows[0];
  return row === undefined ? null : { day: parseLocalDate(row.day), minor: BigInt(row.minor) };
}

/** The opening that {@link pinOpening} or {@link beginLedger} stored. */
export async function findOpening(
  executor: Executor,
  accountKey: string,
): Promise<StatedBalance | null> {
  const rows = await executor.execute<{ day: string; minor: string }>(sql`
    select opening_on::text as day, opening_minor::text as minor from bank_accounts
     where key = ${accountKey} and opening_minor is not null and opening_on is not null`);
  const row = rows[0];
  return row === undefined ? null : { day: parseLocalDate(row.day), minor: BigInt(row.minor) };
}

/**
 * Stores an opening for an account without one from a statement. It takes the bank's present balance as correct: the
 * part that the lines from `from` on do not explain is the opening. Later balances are compared with it.
 */
export async function beginLedger(
  tx: Transaction,
  begin: {
    readonly accountKey: string;
    readonly from: LocalDate;
    readonly stated: StatedBalance;
  },
): Promise<void> {
  const { accountKey, from, stated } = begin;
  const moved = await sumOfLines(tx, { accountKey, from, to: stated.day });
  await tx.execute(sql`
    update bank_accounts set opening_minor = ${(stated.minor - moved).toString()}::bigint, opening_on = ${from}::date
     where key = ${accountKey} and opening_minor is null`);
}

/** The currency of an account: a line in another one is on the ledger in its own, and in no balance of the bank. */
const currencyOf = (accountKey: string) =>
  sql`(select currency from bank_accounts where key = ${accountKey})`;

/** The sum of the booked lines of these days, both included, in the ledger, in the account's currency. */
export async function sumOfLines(
  executor: Executor,
  days: { readonly accountKey: string; readonly from: LocalDate; readonly to: LocalDate },
): Promise<bigint> {
  const { accountKey, from, to } = days;
  const rows = await executor.execute<{ minor: string }>(sql`
    select coalesce(sum(p.amount), 0)::text as minor from postings p join journals j on j.id = p.journal_id
     where p.account = 'bank' and p.bank_account_key = ${accountKey} and p.unit = ${currencyOf(accountKey)}
       and j.event_on between ${from}::date and ${to}::date`);
  return BigInt(rows[0]?.minor ?? '0');
}

/** The number of newest consecutive API proofs of this day that found this difference. */
export async function countSameLooks(
  executor: Executor,
  look: {
    readonly accountKey: string;
    readonly day: LocalDate;
    readonly differenceMinor: bigint;
  },
): Promise<number> {
  const rows = await executor.execute<{ count: number }>(sql`
    with looks as (
      select id, difference_minor from day_proofs
       where bank_account_key = ${look.accountKey} and source = 'api' and day = ${look.day}::date
    )
    select count(*)::int as count from looks
     where id > coalesce((select max(id) from looks where difference_minor <> ${look.differenceMinor.toString()}::bigint), 0)`);
  return rows[0]?.count ?? 0;
}

/** What a proof compares: the balance that the bank states at a moment, and the ledger from its opening to there. */
interface Comparison {
  readonly accountKey: string;
  readonly source: 'statement' | 'api';
  readonly moment: 'end_of_day' | 'last_line' | 'now';
  readonly statementId: bigint | null;
  readonly opening: StatedBalance;
  /** The ledger's lines from the opening to the moment. */
  readonly movedMinor: bigint;
  readonly stated: StatedBalance;
}

/** Compares the ledger with the balance that the bank states, and records the result. */
export async function insertDayProof(tx: Transaction, compared: Comparison): Promise<bigint> {
  const { accountKey, moment, opening, movedMinor, source, stated, statementId } = compared;
  const rows = await tx.execute<{ difference: string }>(sql`
    with ledger as (
      select ${(opening.minor + movedMinor).toString()}::bigint as minor
    ), suspense as (
      select coalesce(-sum(p.amount), 0)::bigint as minor from postings p
       where p.account = 'suspense' and p.bank_account_key = ${accountKey} and p.unit = ${currencyOf(accountKey)}
    ), open as (
      select coalesce(sum(d.amount_minor), 0)::bigint as minor, count(*)::int as count from deposits d
       where d.bank_account_key = ${accountKey} and d.state in ${OPEN_STATES} and d.currency = ${currencyOf(accountKey)}
    )
    insert into day_proofs (bank_account_key, day, source, moment, statement_id, opening_on, opening_minor, bank_minor,
                            ledger_minor, difference_minor, suspense_minor, open_minor, open_count)
    select ${accountKey}, ${stated.day}::date, ${source}, ${moment}, ${statementId?.toString() ?? null}::bigint,
           ${opening.day}::date, ${opening.minor.toString()}::bigint, ${stated.minor.toString()}::bigint, l.minor,
           l.minor - ${stated.minor.toString()}::bigint, s.minor, o.minor, o.count
      from ledger l, suspense s, open o
    returning difference_minor::text as difference`);
  return BigInt(rows[0]?.difference ?? '0');
}

const COLUMNS = { ...getTableColumns(dayProofs), fileId: statements.fileId };

/** The proofs of an account's balance, newest first. */
export async function listDayProofs(
  executor: Executor,
  query: { readonly accountKey: string; readonly beforeId: bigint | null; readonly limit: number },
): Promise<readonly DayProof[]> {
  const { accountKey, beforeId, limit } = query;
  return executor
    .select(COLUMNS)
    .from(dayProofs)
    .leftJoin(statements, eq(statements.id, dayProofs.statementId))
    .where(
      beforeId === null
        ? eq(dayProofs.bankAccountKey, accountKey)
        : sql`${dayProofs.bankAccountKey} = ${accountKey} and ${dayProofs.id} < ${beforeId}`,
    )
    .orderBy(desc(dayProofs.id))
    .limit(limit);
}

/** The newest proof of each account, with the account's currency; accounts without a proof are left out. */
export async function listNewestDayProofs(
  executor: Executor,
): Promise<readonly (DayProof & { readonly currency: string })[]> {
  return executor
    .selectDistinctOn([dayProofs.bankAccountKey], { ...COLUMNS, currency: bankAccounts.currency })
    .from(dayProofs)
    .leftJoin(statements, eq(statements.id, dayProofs.statementId))
    .innerJoin(bankAccounts, eq(bankAccounts.key, dayProofs.bankAccountKey))
    .orderBy(dayProofs.bankAccountKey, desc(dayProofs.id));
}

/** Accounts whose newest statement has not been compared with the ledger yet. */
export async function listUnprovedAccounts(executor: Executor): Promise<readonly string[]> {
  const rows = await executor.execute<{ key: string }>(sql`
    with newest as (
      select distinct on (f.bank_account_key) f.bank_account_key as key, s.id
        from statements s join statement_files f on f.id = s.file_id
       where ${HAS_CLOSING}
       order by f.bank_account_key, s.closing_on desc, s.whole_until desc, s.id desc
    )
    select key from newest n where not exists (select 1 from day_proofs p where p.statement_id = n.id) order by 1`);
  return rows.map((row) => row.key);
}
