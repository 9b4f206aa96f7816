import { sql } from 'drizzle-orm';
import {
  asCustomerCode,
  codesNear,
  type CustomerCode,
} from '../../domain/reference/customer-code.ts';
import { groupBy } from '../../domain/group-by.ts';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import {
  CLAIM_DAYS_MAX,
  type DepositToPlace,
  type SuggestionFacts,
} from '../../domain/review/suggest.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';
import { IS_CONFIRMED } from './payer-memory.ts';

/** The days of history that habits are taken from. */
const HABIT_DAYS = 400;
/** If more wallets than this share an amount, it says nothing about any of them. */
const SAME_AMOUNT_WALLETS_MAX = 20;

type DepositRow = {
  amount: string;
  day: string;
  account: string;
  candidates: string[] | null;
};

/** The facts of a deposit in review that suggestions need; null if it has no review. */
export async function findDepositToPlace(
  executor: Executor,
  depositId: string,
): Promise<(DepositToPlace & { readonly accountKey: string }) | null> {
  const rows = await executor.execute<DepositRow>(sql`
    select d.amount_minor::text as amount, d.booking_date::text as day, d.bank_account_key as account, r.candidates
      from deposits d join reviews r on r.deposit_id = d.id where d.id = ${depositId}`);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    accountKey: row.account,
    amountMinor: BigInt(row.amount),
    bookingDate: parseLocalDate(row.day),
    candidates: (row.candidates ?? []).flatMap((code) => asCustomerCode(code) ?? []),
  };
}

/** Every wallet with evidence for it, and that evidence. */
export async function listSuggestionFacts(
  executor: Executor,
  depositId: string,
  deposit: DepositToPlace & { readonly accountKey: string },
): Promise<readonly SuggestionFacts[]> {
  const near = [...new Set(deposit.candidates.flatMap(codesNear))];
  const payers = await countByPayer(executor, depositId);
  const habits = await listHabits(executor, deposit);
  const claims = await listClaims(executor, deposit);
  const ids = [...payers.keys(), ...habits.keys(), ...claims.keys()];
  const rows = await executor.execute<{
    id: string;
    code: string;
    status: SuggestionFacts['status'];
  }>(sql`
    select id, code, status from wallets
     where id = any(${param(ids)}::text[]) or code = any(${param(near)}::text[]) order by code`);
  return rows.map((row) => ({
    walletId: row.id,
    code: codeOf(row.code),
    status: row.status,
    byPayerAccount: payers.get(row.id)?.byAccount ?? 0,
    byPayerName: payers.get(row.id)?.byName ?? 0,
    sameAmountDays: habits.get(row.id) ?? [],
    claims: claims.get(row.id) ?? [],
  }));
}

function codeOf(text: string): CustomerCode {
  const code = asCustomerCode(text);
  if (code === null) throw new RangeError('A wallet has a malformed customer code.');
  return code;
}

/**
 * Counts, for each wallet, the credits that people decided for the payer of this deposit, that nothing has undone and
 * that payer memory still counts.
 */
async function countByPayer(
  executor: Executor,
  depositId: string,
): Promise<ReadonlyMap<string, { readonly byAccount: number; readonly byName: number }>> {
  const rows = await executor.execute<{ wallet: string; by_account: number; by_name: number }>(sql`
    with payer as (
      select l.counterparty_account as account, upper(btrim(l.counterparty_name)) as name
        from deposits d join lines l on l.id = d.line_id where d.id = ${depositId}
    )
    select j.wallet_id as wallet,
           count(*) filter (where l.counterparty_account = p.account)::int as by_account,
           count(*) filter (where upper(btrim(l.counterparty_name)) = p.name)::int as by_name
      from payer p
      join lines l on (p.account is not null and l.counterparty_account = p.account)
                   or (coalesce(p.name, '') <> '' and upper(btrim(l.counterparty_name)) = p.name)
      join journals j on j.line_id = l.id and j.kind = 'credit' and j.decision_id is not null
     where ${IS_CONFIRMED}
     group by j.wallet_id`);
  return new Map(
    rows.map((row) => [row.wallet, { byAccount: row.by_account, byName: row.by_name }]),
  );
}

async function listHabits(
  executor: Executor,
  deposit: DepositToPlace & { readonly accountKey: string },
): Promise<ReadonlyMap<string, readonly LocalDate[]>> {
  const rows = await executor.execute<{ wallet: string; days: string[] }>(sql`
    select wallet_id as wallet, array_agg(booking_date::text order by booking_date) as days from deposits
     where bank_account_key = ${deposit.accountKey} and amount_minor = ${deposit.amountMinor.toString()}::bigint
       and booking_date between ${deposit.bookingDate}::date - ${HABIT_DAYS}::int and ${deposit.bookingDate}::date
       and state = 'credited' and wallet_id is not null
     group by wallet_id order by count(*) desc, wallet_id limit ${SAME_AMOUNT_WALLETS_MAX + 1}`);
  if (rows.length > SAME_AMOUNT_WALLETS_MAX) return new Map();
  return new Map(rows.map((row) => [row.wallet, row.days.map(parseLocalDate)]));
}

async function listClaims(
  executor: Executor,
  deposit: DepositToPlace,
): Promise<ReadonlyMap<string, SuggestionFacts['claims']>> {
  const rows = await executor.execute<{ wallet: string; day: string }>(sql`
    select wallet_id as wallet, paid_on::text as day from claims
     where state = 'open' and amount_minor = ${deposit.amountMinor.toString()}::bigint
       and paid_on between ${deposit.bookingDate}::date - ${CLAIM_DAYS_MAX}::int and ${deposit.bookingDate}::date + ${CLAIM_DAYS_MAX}::int order by made_at limit 200`);
  const { amountMinor } = deposit;
  return new Map(
    [...groupBy(rows, ({ wallet }) => wallet)].map(([wallet, claims]) => [
      wallet,
      claims.map(({ day }) => ({ amountMinor, paidOn: parseLocalDate(day) })),
    ]),
  );
}
