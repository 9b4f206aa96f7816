import { inArray, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

/** What a bound caller reaches; whoever has none reaches everything. */
export interface Reach {
  /** Keys of bank accounts, with all that was read from them. */
  readonly accounts: readonly string[];
  /** The caller whose wallets are reached; null for none. */
  readonly walletsOf: string | null;
  /** The one wallet of a token. */
  readonly walletId: string | null;
}

/** Things that a caller can be bound to, by their ids. */
export type ReachableKind = 'account' | 'claim' | 'deposit' | 'statement' | 'wallet';

/** Whether a bound caller reaches a thing; false if it does not exist. */
export async function isReached(
  executor: Executor,
  reach: Reach,
  thing: { readonly kind: ReachableKind; readonly id: string },
): Promise<boolean> {
  const rows = await executor.execute(sql`select 1 where exists (${found(reach, thing)})`);
  return rows.length === 1;
}

function found(reach: Reach, { kind, id }: { readonly kind: ReachableKind; readonly id: string }) {
  const ofAccount = sql`bank_account_key = any(${param(reach.accounts)}::text[])`;
  const ofWallet = sql`(w.created_by = ${reach.walletsOf} or w.id = ${reach.walletId})`;
  switch (kind) {
    case 'account':
      return sql`select 1 from bank_account_names where name = ${id} and ${ofAccount}`;
    case 'deposit':
      return sql`select 1 from deposits where id = ${id} and ${ofAccount}`;
    case 'statement':
      return sql`select 1 from statement_files where id = ${id} and ${ofAccount}`;
    case 'claim':
      return sql`select 1 from claims c join wallets w on w.id = c.wallet_id where c.id = ${id} and ${ofWallet}`;
    case 'wallet':
      return sql`select 1 from wallets w where w.id = ${id} and ${ofWallet}`;
  }
}

/** The condition of a list for a bound caller; none for everybody else. */
export function withinReach(reach: Reach | null, accountKey: AnyPgColumn): SQL | undefined {
  return reach === null ? undefined : inArray(accountKey, [...reach.accounts]);
}

/** The keys of the accounts that these names mean. */
export async function listAccountsNamed(
  executor: Executor,
  names: readonly string[],
): Promise<readonly string[]> {
  const rows = await executor.execute<{ key: string }>(sql`
    select distinct bank_account_key as key from bank_account_names
     where name = any(${param(names)}::text[]) order by 1`);
  return rows.map(({ key }) => key);
}

/** Which of these wallets are open or frozen. */
export async function listStandingWallets(
  executor: Executor,
  walletIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await executor.execute<{ id: string }>(sql`
    select id from wallets where id = any(${param(walletIds)}::text[]) and status <> 'closed'`);
  return new Set(rows.map(({ id }) => id));
}
