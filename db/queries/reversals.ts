import { sql } from 'drizzle-orm';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import { ORIGINAL_STATES, type DebitLine, type Original } from '../../domain/ledger/reversal.ts';
import type { Executor, Transaction } from '../client.ts';
import { literals, param } from '../param.ts';
import { IS_OPEN_REVERSAL } from './open-reversals.ts';

/** A debit line with its id. */
export interface StoredDebit extends DebitLine {
  readonly lineId: string;
}

type DebitRow = {
  id: string;
  booking_date: string;
  amount: string;
  reversal: boolean;
  texts: string[];
};

function toDebit(row: DebitRow): StoredDebit {
  return {
    lineId: row.id,
    bookingDate: parseLocalDate(row.booking_date),
    amountMinor: BigInt(row.amount),
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

/** The debit lines after a place, in the order of capture. */
export async function listDebits(
  executor: Executor,
  query: { readonly accountKey: string; readonly afterId: string; readonly limit: number },
): Promise<readonly StoredDebit[]> {
  const rows = await executor.execute<DebitRow>(sql`
    select id::text, booking_date::text, (-amount_minor)::text as amount, reversal, array_append("references", text) as texts
      from lines where bank_account_key = ${query.accountKey} and amount_minor < 0 and id > ${query.afterId}::bigint
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

/** Reversals of an account whose original has not been found yet, oldest first. */
export async function listWaitingReversals(
  executor: Executor,
  query: { readonly accountKey: string; readonly afterId: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await executor.execute<{ id: string }>(sql`
    select line_id::text as id from reversals
     where bank_account_key = ${query.accountKey} and state = 'waiting' and line_id > ${query.afterId}::bigint
     order by line_id limit ${query.limit}`);
  return rows.map((row) => row.id);
}

/** A reversal that is not paired yet. `ageDays` counts from the day it was found. */
export interface OpenReversal extends StoredDebit {
  readonly accountKey: string;
  readonly currency: string;
  readonly ageDays: number;
}

/** Locks a reversal that waits, or that a person must decide; null if it is already paired. */
export async function lockReversal(tx: Transaction, lineId: string): Promise<OpenReversal | null> {
  const rows = await tx.execute<
    DebitRow & { account: string; currency: string; age_days: number }
  >(sql`
    select l.bank_account_key as account, l.currency, l.id::text, l.booking_date::text, (-l.amount_minor)::text as amount, l.reversal, array_append(l."references", l.text) as texts,
           floor(extract(epoch from now() - r.found_at) / 86400)::int as age_days
      from reversals r join lines l on l.id = r.line_id
     where r.line_id = ${lineId}::bigint and r.state in ('waiting', 'unpaired') for update of r`);
  const row = rows[0];
  if (row === undefined) return null;
  const { account, currency } = row;
  return { ...toDebit(row), accountKey: account, currency, ageDays: row.age_days };
}

type OriginalRow = {
  id: string;
  state: Original['state'];
  is_duplicate: boolean;
  amount: string;
  booking_date: string;
  texts: string[];
  bank_ids: string[] | null;
};

const ORIGINAL_COLUMNS = sql`d.id, d.state, coalesce(d.hold_reason = 'possible_duplicate', false) and d.state <> 'credited' as is_duplicate,
  d.amount_minor::text as amount, d.booking_date::text, array_append(l."references", l.text) as texts,
  (select array_agg(distinct s.bank_id) filter (where s.bank_id is not null) from sightings s where s.line_id = l.id) as bank_ids`;

function toOriginal(row: OriginalRow): Original {
  return {
    depositId: row.id,
    state: row.state,
    isPossibleDuplicate: row.is_duplicate,
    amountMinor: BigInt(row.amount),
    bookingDate: parseLocalDate(row.booking_date),
    texts: row.texts.filter((text) => text.trim() !== ''),
    bankIds: row.bank_ids ?? [],
  };
}

/** Reversals of an account that are not paired yet and that no person has closed, newest first. */
export async function listOpenReversals(
  executor: Executor,
  query: { readonly accountKey: string; readonly limit: number },
): Promise<readonly StoredDebit[]> {
  const rows = await executor.execute<DebitRow>(sql`
    select l.id::text, l.booking_date::text, (-l.amount_minor)::text as amount, l.reversal, array_append(l."references", l.text) as texts
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

/** Deposits of about an amount that no other line has reversed or paid out. */
export async function listOriginals(
  executor: Executor,
  query: {
    readonly accountKey: string;
    readonly minorFrom: bigint;
    readonly minorTo: bigint;
    readonly from: LocalDate;
    readonly to: LocalDate;
  },
): Promise<readonly Original[]> {
  const rows = await executor.execute<OriginalRow>(sql`
    select ${ORIGINAL_COLUMNS} from deposits d join lines l on l.id = d.line_id
     where d.bank_account_key = ${query.accountKey}
       and d.amount_minor between ${query.minorFrom.toString()}::bigint and ${query.minorTo.toString()}::bigint
       and d.booking_date between ${query.from}::date and ${query.to}::date
       and d.state in ${literals(ORIGINAL_STATES)}
       and not exists (select 1 from reversals r where r.deposit_id = d.id)
     order by d.booking_date, d.id limit 5000`);
  return rows.map(toOriginal);
}

/** Records the deposit of a reversal, or that a person must look. */
export async function markReversal(
  tx: Transaction,
  reversal: {
    readonly lineId: string;
    readonly state: 'paired' | 'return_paid' | 'unpaired';
    readonly depositId: string | null;
    readonly chargesMinor: bigint;
  },
): Promise<void> {
  await tx.execute(sql`
    update reversals set state = ${reversal.state}, deposit_id = ${reversal.depositId},
           charges_minor = ${reversal.chargesMinor.toString()}::bigint, settled_at = now()
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
