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
  const rows = await tx.execute(sql`
    insert into bank_account_names as n (name, bank_account_key) values (${given.name}, ${given.accountKey})
    on conflict on constraint bank_account_names_once do update set given_at = now()
     where n.bank_account_key = excluded.bank_account_key
    returning 1`);
  return rows.length > 0;
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

/** How many booked lines an account has on these days, and how many of them a read shows, by day and signed amount. */
export async function countShared(
  executor: Executor,
  read: {
    readonly accountKey: string;
    readonly from: LocalDate;
    readonly to: LocalDate;
    readonly shown: readonly { readonly day: LocalDate; readonly minor: string }[];
  },
): Promise<{ readonly known: number; readonly shared: number }> {
  const [row] = await executor.execute<{ known: number; shared: number }>(sql`
    with shown as (
      select day, minor, count(*) as count
        from jsonb_to_recordset(${JSON.stringify(read.shown)}::jsonb) as each (day date, minor bigint) group by day, minor
    ), kept as (
      select booking_date as day, amount_minor as minor, count(*) as count from lines
       where bank_account_key = ${read.accountKey} and booking_date between ${read.from}::date and ${read.to}::date
       group by booking_date, amount_minor
    )
    select coalesce(sum(kept.count), 0)::int as known, coalesce(sum(least(kept.count, coalesce(shown.count, 0))), 0)::int as shared
      from kept left join shown using (day, minor)`);
  return row ?? { known: 0, shared: 0 };
}

/** Forgets the account number in statement files; false if none was known. Who and why: {@link actAs}. */
export async function clearStatementAccount(tx: Transaction, accountKey: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update bank_accounts set statement_account = null where key = ${accountKey} and statement_account is not null returning 1`);
  return rows.length > 0;
}
