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

/**
 * True if a new wallet may get the first of these codes; the others are those that may be taken for it
 * (`codesNear`). No wallet has it, nothing from a bank has named it or one near it, since money may wait there, and no
 * live legacy code is near.
 */
export async function isCodeFree(
  executor: Executor,
  codes: readonly CustomerCode[],
): Promise<boolean> {
  const all = param(codes);
  const rows = await executor.execute<{ free: boolean }>(sql`
    select not exists (select 1 from named_codes where code = any(${all}::text[]))
       and not exists (select 1 from wallets where code = any(${all}::text[])
                          and (code = (${all}::text[])[1] or (code_kind = 'legacy' and status <> 'closed'))) as free`);
  return rows[0]?.free ?? false;
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
    readonly createdBy: string | null;
  },
): Promise<boolean> {
  const rows = await executor.execute(sql`
    insert into wallets (id, code, code_kind, external_ref, name, created_by)
    values (${wallet.id}, ${wallet.code}, ${wallet.codeKind}, ${wallet.externalRef}, ${wallet.name}, ${wallet.createdBy})
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
