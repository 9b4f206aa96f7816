import { sql } from 'drizzle-orm';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Executor, Transaction } from '../client.ts';

/** The key of the account that a key or a later name means; null if there is none. */
export async function findAccountKey(executor: Executor, name: string): Promise<string | null> {
  const [row] = await executor.execute<{ key: string }>(sql`
    select bank_account_key as key from bank_account_names where name = ${name}`);
  return row?.key ?? null;
}

/** The key that a name means; a name that nobody gave stays as it is, so that it finds nothing. */
export async function toAccountKey(executor: Executor, name: string): Promise<string> {
  return (await findAccountKey(executor, name)) ?? name;
}

/** The newest name of an account, by which people speak of it; its key unless it was renamed. */
export async function findAccountName(executor: Executor, accountKey: string): Promise<string> {
  const [row] = await executor.execute<{ name: string }>(sql`
    select name from bank_account_names where bank_account_key = ${accountKey} order by given_at desc, name limit 1`);
  return row?.name ?? accountKey;
}

/** Gives an account a name, or makes one that it has the newest; false if the name belongs to another account. */
export async function setAccountName(
  tx: Transaction,
  given: { readonly accountKey: string; readonly name: string },
): Promise<boolean> {
  const [row] = await tx.execute<{ named: boolean }>(sql`
    select name_bank_account(${given.accountKey}, ${given.name}) as named`);
  return row?.named === true;
}

/** Each account with the names that it was given later, the newest last. */
export async function listAccountNames(
  executor: Executor,
): Promise<readonly { readonly key: string; readonly names: readonly string[] }[]> {
  return executor.execute<{ key: string; names: string[] }>(sql`
    select bank_account_key as key,
           coalesce(array_agg(name order by given_at, name) filter (where name <> bank_account_key), '{}') as names
      from bank_account_names group by bank_account_key order by bank_account_key limit 1000`);
}

/** A number or id by which the bank names one of our accounts. */
export interface KnownNumber {
  readonly accountKey: string;
  readonly number: string;
}

/** All numbers and ids of the accounts in one currency, but for those of one account. */
export async function listOtherNumbers(
  executor: Executor,
  account: { readonly accountKey: string; readonly currency: string },
): Promise<readonly KnownNumber[]> {
  return executor.execute<{ accountKey: string; number: string }>(sql`
    select bank_account_key as "accountKey", number from bank_account_numbers
     where currency = ${account.currency} and bank_account_key <> ${account.accountKey}
     order by bank_account_key, number limit 10000`);
}

/** True while no read has shown that the account's present id in the API is this account. */
export async function isIdUnproved(executor: Executor, accountKey: string): Promise<boolean> {
  const rows = await executor.execute(sql`
    select 1 from bank_account_numbers n join bank_accounts a on a.key = n.bank_account_key
     where a.key = ${accountKey} and n.kind = 'api' and n.proved_at is null
       and n.number in (btrim(a.bank_account_id), ltrim(regexp_replace(a.bank_account_id, '[ .-]', '', 'g'), '0'))`);
  return rows.length > 0;
}

/** Notes that the account's present id in the API is this account's; false if that was known. */
export async function markIdProved(executor: Executor, accountKey: string): Promise<boolean> {
  const rows = await executor.execute(sql`
    update bank_account_numbers n set proved_at = now() from bank_accounts a
     where a.key = ${accountKey} and n.bank_account_key = a.key and n.kind = 'api' and n.proved_at is null
       and n.number in (btrim(a.bank_account_id), ltrim(regexp_replace(a.bank_account_id, '[ .-]', '', 'g'), '0'))
    returning 1`);
  return rows.length > 0;
}

/**
 * How many lines of these days earlier polls of an account showed, and how many of them a read shows, by signed amount:
 * banks move days, and a webhook's line may not be in the API yet.
 */
export async function countShared(
  executor: Executor,
  read: {
    readonly accountKey: string;
    readonly from: LocalDate;
    readonly to: LocalDate;
    readonly shown: readonly { readonly minor: string }[];
  },
): Promise<{ readonly known: number; readonly shared: number }> {
  const [row] = await executor.execute<{ known: number; shared: number }>(sql`
    with shown as (
      select minor, count(*) as count
        from jsonb_to_recordset(${JSON.stringify(read.shown)}::jsonb) as each (minor bigint) group by minor
    ), kept as (
      select l.amount_minor as minor, count(*) as count from lines l
       where l.bank_account_key = ${read.accountKey} and l.booking_date between ${read.from}::date and ${read.to}::date
         and exists (select 1 from sightings s where s.line_id = l.id and s.feed = 'poll')
       group by l.amount_minor
    )
    select coalesce(sum(kept.count), 0)::int as known, coalesce(sum(least(kept.count, coalesce(shown.count, 0))), 0)::int as shared
      from kept left join shown using (minor)`);
  return row ?? { known: 0, shared: 0 };
}

/** The credits of these days that another account of ours has, and how many of them a read shows in the same words. */
export interface SharedWithOther {
  readonly accountKey: string;
  readonly known: number;
  readonly shared: number;
}

/** For an account without lines: the other account that shares most credits with a read; null if none shares any. */
export async function findMostShared(
  executor: Executor,
  read: {
    readonly accountKey: string;
    readonly from: LocalDate;
    readonly to: LocalDate;
    readonly shown: readonly {
      readonly day: LocalDate;
      readonly minor: string;
      readonly text: string;
    }[];
  },
): Promise<SharedWithOther | null> {
  const [row] = await executor.execute<{ key: string; known: number; shared: number }>(sql`
    with shown as (
      select day, minor, text, count(*) as count
        from jsonb_to_recordset(${JSON.stringify(read.shown)}::jsonb) as each (day date, minor bigint, text text) group by day, minor, text
    ), kept as (
      select l.bank_account_key as key, l.booking_date as day, l.amount_minor as minor, coalesce(l."references"[1], l.text) as text, count(*) as count
        from lines l join bank_accounts a on a.key = l.bank_account_key
       where l.bank_account_key <> ${read.accountKey} and l.booking_date between ${read.from}::date and ${read.to}::date and l.amount_minor > 0
         and l.currency = (select currency from bank_accounts where key = ${read.accountKey})
         and not exists (select 1 from lines o where o.bank_account_key = ${read.accountKey})
       group by 1, 2, 3, 4
    )
    select kept.key, sum(kept.count)::int as known, sum(least(kept.count, coalesce(shown.count, 0)))::int as shared
      from kept left join shown using (day, minor, text) group by kept.key
    having sum(least(kept.count, coalesce(shown.count, 0))) > 0 order by shared desc, kept.key limit 1`);
  return row === undefined ? null : { accountKey: row.key, known: row.known, shared: row.shared };
}

/** Takes the id in the API from an account that has never had a line, and stops reading it; false if it has lines. */
export async function clearUnusedId(tx: Transaction, accountKey: string): Promise<boolean> {
  const [row] = await tx.execute<{ cleared: boolean }>(sql`
    select write_bank_account(a.key, '{"bank_account_id": null, "feed": null, "poll_enabled": false}', false) as cleared
      from bank_accounts a
     where a.key = ${accountKey} and not exists (select 1 from lines l where l.bank_account_key = a.key)
       and not exists (select 1 from sightings s where s.bank_account_key = a.key)`);
  return row?.cleared === true;
}

/** Forgets the account number in statement files; false if none was known. Who and why: {@link actAs}. */
export async function clearStatementAccount(tx: Transaction, accountKey: string): Promise<boolean> {
  const [row] = await tx.execute<{ forgotten: boolean }>(sql`
    select set_statement_account(${accountKey}, null) as forgotten`);
  return row?.forgotten === true;
}
