import { sql, type SQL } from 'drizzle-orm';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import {
  ORIGINAL_STATES,
  type AccountContext,
  type DebitLine,
  type Original,
} from '../../domain/ledger/reversal.ts';
import { standardWords } from '../../domain/ledger/reversal-words.ts';
import type { Executor, Transaction } from '../client.ts';
import { literals, param } from '../param.ts';
import { IS_OPEN_REVERSAL } from './open-reversals.ts';

/** A debit line with its id. */
export interface StoredDebit extends DebitLine {
  readonly lineId: string;
  readonly currency: string;
}

type DebitRow = {
  id: string;
  booking_date: string;
  amount: string;
  currency: string;
  reversal: boolean;
  texts: string[];
};

function toDebit(row: DebitRow): StoredDebit {
  return {
    lineId: row.id,
    bookingDate: parseLocalDate(row.booking_date),
    amountMinor: BigInt(row.amount),
    currency: row.currency,
    isMarked: row.reversal,
    texts: row.texts.filter((text) => text.trim() !== ''),
  };
}

/** Locks an account's place in its debit lines: one reader at a time. Null if the account does not exist. */
export async function lockReversalPlace(
  tx: Transaction,
  accountKey: string,
): Promise<string | null> {
  const rows = await tx.execute<{ place: string }>(sql`
    select reversals_read_to::text as place from bank_accounts where key = ${accountKey} for update`);
  return rows[0]?.place ?? null;
}

/** The debit lines after a place, in the order of capture; those that may be another line take nothing back. */
export async function listDebits(
  executor: Executor,
  query: { readonly accountKey: string; readonly afterId: string; readonly limit: number },
): Promise<readonly StoredDebit[]> {
  const rows = await executor.execute<DebitRow>(sql`
    select id::text, booking_date::text, (-amount_minor)::text as amount, currency, reversal, array_append("references", text) as texts
      from lines where bank_account_key = ${query.accountKey} and amount_minor < 0 and id > ${query.afterId}::bigint
       and not exists (select 1 from line_holds h where h.line_id = lines.id and h.beside_line_id is not null and h.ended_at is null)
     order by id limit ${query.limit}`);
  return rows.map(toDebit);
}

/** Records the debits that may be reversals, and that all up to `readTo` were checked. */
export async function recordReversals(
  tx: Transaction,
  found: {
    readonly accountKey: string;
    readonly lineIds: readonly string[];
    readonly readTo: string;
  },
): Promise<void> {
  await tx.execute(sql`
    insert into reversals (line_id, bank_account_key)
    select line_id, ${found.accountKey} from unnest(${param(found.lineIds)}::bigint[]) as i(line_id)
    on conflict (line_id) do nothing`);
  await tx.execute(sql`
    update bank_accounts set reversals_read_to = ${found.readTo}::bigint where key = ${found.accountKey}`);
}

/**
 * Reversals of an account whose original has not been found yet, oldest first. One that only a webhook has shown takes
 * nothing back: whoever has its secret could.
 */
export async function listWaitingReversals(
  executor: Executor,
  query: { readonly accountKey: string; readonly afterId: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await executor.execute<{ id: string }>(sql`
    select line_id::text as id from reversals
     where bank_account_key = ${query.accountKey} and state = 'waiting' and line_id > ${query.afterId}::bigint
       and exists (select 1 from sightings s where s.line_id = reversals.line_id and s.feed <> 'webhook')
     order by line_id limit ${query.limit}`);
  return rows.map((row) => row.id);
}

/** A reversal that is not paired yet. `ageDays` counts from the day it was found. */
export interface OpenReversal extends StoredDebit {
  readonly accountKey: string;
  readonly state: 'waiting' | 'unpaired';
  readonly ageDays: number;
}

/** Locks a reversal that waits, or that a person must decide; null if it is already paired. */
export async function lockReversal(tx: Transaction, lineId: string): Promise<OpenReversal | null> {
  const rows = await tx.execute<
    DebitRow & { account: string; state: OpenReversal['state']; age_days: number }
  >(sql`
    select l.bank_account_key as account, r.state, l.currency, l.id::text, l.booking_date::text, (-l.amount_minor)::text as amount, l.reversal, array_append(l."references", l.text) as texts,
           floor(extract(epoch from now() - r.found_at) / 86400)::int as age_days
      from reversals r join lines l on l.id = r.line_id
     where r.line_id = ${lineId}::bigint and r.state in ('waiting', 'unpaired') for update of r`);
  const row = rows[0];
  if (row === undefined) return null;
  const { account: accountKey, state } = row;
  return { ...toDebit(row), accountKey, state, ageDays: row.age_days };
}

type OriginalRow = {
  id: string;
  state: Original['state'];
  is_duplicate: boolean;
  amount: string;
  booking_date: string;
  texts: string[];
  payer: string;
  wallet_id: string | null;
  bank_ids: string[] | null;
};

const ORIGINAL_COLUMNS = sql`d.id, d.state, coalesce(d.hold_reason = 'possible_duplicate', false) and d.state <> 'credited' as is_duplicate,
  d.amount_minor::text as amount, d.booking_date::text, array_append(l."references", l.text) as texts,
  coalesce(l.counterparty_name, '') as payer, d.wallet_id,
  (select array_agg(distinct s.bank_id) filter (where s.bank_id is not null) from sightings s where s.line_id = l.id) as bank_ids`;

function toOriginal(row: OriginalRow): Original {
  return {
    depositId: row.id,
    state: row.state,
    isPossibleDuplicate: row.is_duplicate,
    amountMinor: BigInt(row.amount),
    bookingDate: parseLocalDate(row.booking_date),
    texts: row.texts.filter((text) => text.trim() !== ''),
    payer: row.payer,
    walletId: row.wallet_id,
    bankIds: row.bank_ids ?? [],
  };
}

/** Reversals of an account that are not paired yet and that no person has closed, newest first. */
export async function listOpenReversals(
  executor: Executor,
  query: { readonly accountKey: string; readonly limit: number },
): Promise<readonly StoredDebit[]> {
  const rows = await executor.execute<DebitRow>(sql`
    select l.id::text, l.booking_date::text, (-l.amount_minor)::text as amount, l.currency, l.reversal, array_append(l."references", l.text) as texts
      from reversals r join lines l on l.id = r.line_id
     where r.bank_account_key = ${query.accountKey} and ${IS_OPEN_REVERSAL}
     order by r.line_id desc limit ${query.limit}`);
  return rows.map(toDebit);
}

/** These deposits, in the form that reversals are compared with. */
export async function listAsOriginals(
  executor: Executor,
  depositIds: readonly string[],
): Promise<readonly Original[]> {
  const rows = await executor.execute<OriginalRow>(sql`
    select ${ORIGINAL_COLUMNS} from deposits d join lines l on l.id = d.line_id
     where d.id = any(${param(depositIds)}::text[]) order by d.id`);
  return rows.map(toOriginal);
}

/** Deposits of an account that no other line has reversed or paid out. */
interface OriginalsQuery {
  readonly accountKey: string;
  readonly currency: string;
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** Deposits of exactly an amount, and those that the bank has shown under one of these ids. */
export function listOriginals(
  executor: Executor,
  query: OriginalsQuery & { readonly amountMinor: bigint; readonly bankIds: readonly string[] },
): Promise<readonly Original[]> {
  const named = sql`d.line_id = any(array(select s.line_id from sightings s
    where s.bank_account_key = ${query.accountKey} and s.bank_id = any(${param(query.bankIds)}::text[])))`;
  const which = sql`(d.amount_minor = ${query.amountMinor.toString()}::bigint or ${named})`;
  return listUndone(executor, query, which);
}

/** Deposits of any amount, newest first: those among which people look for an original. */
export function listPossibleOriginals(
  executor: Executor,
  query: OriginalsQuery,
): Promise<readonly Original[]> {
  return listUndone(executor, query, sql`true`);
}

async function listUndone(
  executor: Executor,
  query: OriginalsQuery,
  which: SQL,
): Promise<readonly Original[]> {
  const rows = await executor.execute<OriginalRow>(sql`
    select ${ORIGINAL_COLUMNS} from deposits d join lines l on l.id = d.line_id
     where d.bank_account_key = ${query.accountKey} and d.currency = ${query.currency}
       and ${which} and d.booking_date between ${query.from}::date and ${query.to}::date
       and d.state in ${literals(ORIGINAL_STATES)}
       and not exists (select 1 from reversals r where r.deposit_id = d.id)
     order by d.booking_date desc, d.id limit 5000`);
  return rows.map(toOriginal);
}

/** The texts of an account's newest credits, and the first booking day that was ever read, as pairing reads them. */
export async function readAccountContext(
  executor: Executor,
  accountKey: string,
): Promise<AccountContext> {
  const rows = await executor.execute<{ texts: string[] | null; first: string | null }>(sql`
    select (select min(booking_date) from lines where bank_account_key = ${accountKey})::text as first,
           (select array_agg(t.text) from (
              select "references", text from lines where bank_account_key = ${accountKey} and amount_minor > 0
               order by booking_date desc limit 1000) l
              cross join lateral unnest(array_append(l."references", l.text)) as t(text)) as texts`);
  const first = rows[0]?.first ?? null;
  return {
    standard: standardWords(rows[0]?.texts ?? []),
    firstDay: first === null ? null : parseLocalDate(first),
  };
}

/** Records the deposit of a reversal, or that a person must look. */
export async function markReversal(
  tx: Transaction,
  reversal: {
    readonly lineId: string;
    readonly state: 'paired' | 'return_paid' | 'unpaired';
    readonly depositId: string | null;
    readonly chargesMinor: bigint;
    /** Deposits that people should look at, likeliest first. */
    readonly candidates: readonly string[];
  },
): Promise<void> {
  await tx.execute(sql`
    update reversals set state = ${reversal.state}, deposit_id = ${reversal.depositId},
           charges_minor = ${reversal.chargesMinor.toString()}::bigint, candidates = ${param(reversal.candidates)}::text[], settled_at = now()
     where line_id = ${reversal.lineId}::bigint`);
}

/** Accounts with unchecked debits, or with reversals that wait. */
export async function listAccountsWithReversals(executor: Executor): Promise<readonly string[]> {
  const rows = await executor.execute<{ key: string }>(sql`
    select a.key from bank_accounts a
     where exists (select 1 from lines l where l.bank_account_key = a.key and l.amount_minor < 0 and l.id > a.reversals_read_to)
        or exists (select 1 from reversals r where r.bank_account_key = a.key and r.state = 'waiting')
     order by a.key`);
  return rows.map((row) => row.key);
}
