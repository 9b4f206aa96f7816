import { and, desc, eq, getTableColumns, lt, sql, type SQL } from 'drizzle-orm';
import type { CustomerCode } from '../../domain/reference/customer-code.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';
import { journals, postings } from '../schema/ledger.ts';
import { wallets, type CodeKind } from '../schema/wallets.ts';

type WalletRow = typeof wallets.$inferSelect;
export interface Wallet extends WalletRow {
  /** What it must keep because the bank has not confirmed it, or shows it no longer; minor units. */
  readonly heldMinor: bigint;
}

/** The next customer number; a number that a rolled-back attempt took is not used again. */
export async function nextCustomerNumber(executor: Executor): Promise<number> {
  const rows = await executor.execute<{ number: number }>(
    sql`select nextval('customer_code_numbers')::int as number`,
  );
  return rows[0]?.number ?? 0;
}

/** True if a live wallet has one of these codes as its legacy code. */
export async function hasLiveLegacyCode(
  executor: Executor,
  codes: readonly CustomerCode[],
): Promise<boolean> {
  const rows = await executor.execute<{ found: boolean }>(sql`
    select exists (select 1 from wallets
                    where code = any(${param(codes)}::text[]) and code_kind = 'legacy' and status <> 'closed') as found`);
  return rows[0]?.found ?? false;
}

/**
 * Stores a wallet; false if its code or its external reference is already taken. Names its columns, since the
 * application role may write no others.
 */
export async function insertWallet(
  executor: Executor,
  wallet: {
    readonly id: string;
    readonly code: CustomerCode;
    readonly codeKind: CodeKind;
    readonly externalRef: string | null;
    readonly name: string | null;
  },
): Promise<boolean> {
  const rows = await executor.execute(sql`
    insert into wallets (id, code, code_kind, external_ref, name)
    values (${wallet.id}, ${wallet.code}, ${wallet.codeKind}, ${wallet.externalRef}, ${wallet.name})
    on conflict do nothing returning id`);
  return rows.length === 1;
}

/** False if the wallet does not exist. */
export async function setWalletStatus(
  executor: Executor,
  walletId: string,
  status: WalletRow['status'],
): Promise<boolean> {
  const rows = await executor.execute(sql`
    update wallets set status = ${status} where id = ${walletId} returning id`);
  return rows.length === 1;
}

export function findWallet(executor: Executor, walletId: string): Promise<Wallet | null> {
  return findWalletWhere(executor, eq(wallets.id, walletId));
}

export function findWalletByCode(executor: Executor, code: string): Promise<Wallet | null> {
  return findWalletWhere(executor, eq(wallets.code, code));
}

export function findWalletByExternalRef(
  executor: Executor,
  externalRef: string,
): Promise<Wallet | null> {
  return findWalletWhere(executor, eq(wallets.externalRef, externalRef));
}

async function findWalletWhere(executor: Executor, which: SQL): Promise<Wallet | null> {
  const held = sql<bigint>`held_minor(${wallets.id})`.mapWith(wallets.prepaidMinor);
  const rows = await executor
    .select({ ...getTableColumns(wallets), heldMinor: held })
    .from(wallets)
    .where(which)
    .limit(1);
  return rows[0] ?? null;
}

/** The movement of one wallet account in a journal, from the customer's view: incoming is positive. */
function movement(account: 'wallet_prepaid' | 'wallet_remainder' | 'wallet_credits') {
  return sql<bigint>`coalesce((select -sum(${postings.amount}) from ${postings}
    where ${postings.journalId} = ${journals.id} and ${postings.account} = ${account}), 0)::bigint`.mapWith(
    journals.walletSeq,
  );
}

/** The journals of a wallet, newest first, from just before `beforeSeq` on. */
export async function listWalletTransactions(
  executor: Executor,
  query: { readonly walletId: string; readonly beforeSeq: bigint | null; readonly limit: number },
) {
  return executor
    .select({
      seq: journals.walletSeq,
      journalId: journals.id,
      kind: journals.kind,
      depositId: journals.depositId,
      rateVersion: journals.rateVersion,
      prepaidMinor: movement('wallet_prepaid'),
      remainderMinor: movement('wallet_remainder'),
      credits: movement('wallet_credits'),
      creditsAfter: journals.creditsAfter,
      prepaidAfter: journals.prepaidAfter,
      remainderAfter: journals.remainderAfter,
      receivableAfter: journals.receivableAfter,
      eventOn: journals.eventOn,
      createdAt: journals.createdAt,
    })
    .from(journals)
    .where(
      and(
        eq(journals.walletId, query.walletId),
        query.beforeSeq === null ? undefined : lt(journals.walletSeq, query.beforeSeq),
      ),
    )
    .orderBy(desc(journals.walletSeq))
    .limit(query.limit);
}
