import { sql } from 'drizzle-orm';
import {
  asCustomerCode,
  codesNear,
  type CustomerCode,
} from '../../domain/reference/customer-code.ts';
import { groupBy } from '../../domain/group-by.ts';
import { parseLocalDate } from '../../domain/local-date.ts';
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
/** The newest deposits of the same amount that are looked at: more of them are of many customers. */
const SAME_AMOUNT_DEPOSITS_MAX = 1_000;
const CLAIMS_MAX = 200;

/** A deposit that has a review, and every wallet with evidence for it. */
export interface DepositWithFacts {
  readonly deposit: DepositToPlace;
  readonly wallets: readonly SuggestionFacts[];
}

/** What one source of evidence says about a wallet, for one deposit. */
type Found = Pick<SuggestionFacts, 'walletId'> & Partial<Omit<SuggestionFacts, 'walletId'>>;
type Evidence = ReadonlyMap<string, readonly Found[]>;

/** The facts that suggestions need, of all these deposits at once; those without a review are left out. */
export async function listSuggestionFacts(
  executor: Executor,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, DepositWithFacts>> {
  const deposits = await findDepositsToPlace(executor, depositIds);
  if (deposits.size === 0) return new Map();
  const ids = [...deposits.keys()];
  const sources = [
    await listPayers(executor, ids),
    await listHabits(executor, ids),
    await listClaims(executor, ids),
  ];
  const wallets = await findWallets(executor, {
    ids: sources.flatMap((source) => [...source.values()].flat().map(({ walletId }) => walletId)),
    codes: [...deposits.values()].flatMap(({ candidates }) => candidates.flatMap(codesNear)),
  });
  return new Map(
    [...deposits].map(([id, deposit]) => {
      const found = sources.flatMap((source) => source.get(id) ?? []);
      return [id, { deposit, wallets: factsOf(deposit, found, wallets) }];
    }),
  );
}

type WalletRow = Pick<SuggestionFacts, 'walletId' | 'code' | 'status'>;

/** Joins what each source found, for the wallets it found and those whose codes are near. */
function factsOf(
  deposit: DepositToPlace,
  found: readonly Found[],
  wallets: {
    readonly byId: ReadonlyMap<string, WalletRow>;
    readonly byCode: ReadonlyMap<string, WalletRow>;
  },
): readonly SuggestionFacts[] {
  const near = deposit.candidates
    .flatMap(codesNear)
    .flatMap((code) => wallets.byCode.get(code) ?? []);
  const byWallet = groupBy(found, ({ walletId }) => walletId);
  const meant = new Set([...byWallet.keys(), ...near.map(({ walletId }) => walletId)]);
  return [...meant].flatMap((id): readonly SuggestionFacts[] => {
    const wallet = wallets.byId.get(id);
    if (wallet === undefined) return [];
    const none = { byPayerAccount: 0, byPayerName: 0, sameAmountDays: [], claims: [] };
    return [Object.assign({ ...none }, ...(byWallet.get(id) ?? []), wallet) as SuggestionFacts];
  });
}

async function findDepositsToPlace(
  executor: Executor,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, DepositToPlace>> {
  const rows = await executor.execute<{
    id: string;
    amount: string;
    day: string;
    candidates: string[];
  }>(sql`
    select d.id, d.amount_minor::text as amount, d.booking_date::text as day, r.candidates
      from deposits d join reviews r on r.deposit_id = d.id where d.id = any(${param(depositIds)}::text[])`);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        amountMinor: BigInt(row.amount),
        bookingDate: parseLocalDate(row.day),
        candidates: row.candidates.flatMap((code) => asCustomerCode(code) ?? []),
      },
    ]),
  );
}

async function findWallets(
  executor: Executor,
  wanted: { readonly ids: readonly string[]; readonly codes: readonly CustomerCode[] },
): Promise<Parameters<typeof factsOf>[2]> {
  const rows = await executor.execute<{
    id: string;
    code: string;
    status: SuggestionFacts['status'];
  }>(sql`
    select id, code, status from wallets where id = any(${param([...new Set(wanted.ids)])}::text[])
    union
    select id, code, status from wallets where code = any(${param([...new Set(wanted.codes)])}::text[])`);
  const wallets = rows.map(({ id, code, status }) => ({
    walletId: id,
    code: codeOf(code),
    status,
  }));
  return {
    byId: new Map(wallets.map((wallet) => [wallet.walletId, wallet])),
    byCode: new Map(wallets.map((wallet) => [wallet.code, wallet])),
  };
}

function codeOf(text: string): CustomerCode {
  const code = asCustomerCode(text);
  if (code === null) throw new RangeError('A wallet has a malformed customer code.');
  return code;
}

/**
 * Counts, for each deposit and wallet, the credits that people decided for the payer of the deposit, that nothing has
 * undone and that payer memory still counts.
 */
async function listPayers(executor: Executor, depositIds: readonly string[]): Promise<Evidence> {
  const rows = await executor.execute<{
    id: string;
    wallet: string;
    by_account: number;
    by_name: number;
  }>(sql`
    with payers as materialized (
      select d.id, l.counterparty_account as account, nullif(upper(btrim(l.counterparty_name)), '') as name
        from deposits d join lines l on l.id = d.line_id where d.id = any(${param(depositIds)}::text[])
    ), confirmed as materialized (
      select j.wallet_id as wallet, l.counterparty_account as account, upper(btrim(l.counterparty_name)) as name
        from journals j join lines l on l.id = j.line_id
       where j.kind = 'credit' and j.decision_id is not null
         and (l.counterparty_account in (select account from payers)
              or upper(btrim(l.counterparty_name)) in (select name from payers))
         and ${IS_CONFIRMED}
    )
    select p.id, c.wallet, count(*) filter (where c.account = p.account)::int as by_account,
           count(*) filter (where c.name = p.name)::int as by_name
      from payers p join confirmed c on c.account = p.account or c.name = p.name
     group by p.id, c.wallet`);
  return byDeposit(rows, (row) => ({
    walletId: row.wallet,
    byPayerAccount: row.by_account,
    byPayerName: row.by_name,
  }));
}

async function listHabits(executor: Executor, depositIds: readonly string[]): Promise<Evidence> {
  const rows = await executor.execute<{ id: string; wallet: string; days: string[] }>(sql`
    select d.id, h.wallet, h.days
      from deposits d cross join lateral (
        select e.wallet_id as wallet, array_agg(e.booking_date::text order by e.booking_date) as days
          from (select wallet_id, booking_date from deposits
                 where bank_account_key = d.bank_account_key and amount_minor = d.amount_minor
                   and booking_date between d.booking_date - ${HABIT_DAYS}::int and d.booking_date
                   and state = 'credited' and wallet_id is not null
                 order by booking_date desc limit ${SAME_AMOUNT_DEPOSITS_MAX}) e
         group by e.wallet_id order by count(*) desc, e.wallet_id limit ${SAME_AMOUNT_WALLETS_MAX + 1}) h
     where d.id = any(${param(depositIds)}::text[])`);
  const found = byDeposit(rows, (row) => ({
    walletId: row.wallet,
    sameAmountDays: row.days.map(parseLocalDate),
  }));
  return new Map([...found].filter(([, wallets]) => wallets.length <= SAME_AMOUNT_WALLETS_MAX));
}

async function listClaims(executor: Executor, depositIds: readonly string[]): Promise<Evidence> {
  const rows = await executor.execute<{
    id: string;
    amount: string;
    wallet: string;
    days: string[];
  }>(sql`
    select d.id, d.amount_minor::text as amount, c.wallet, c.days
      from deposits d cross join lateral (
        select n.wallet_id as wallet, array_agg(n.paid_on::text order by n.made_at) as days
          from (select wallet_id, paid_on, made_at from claims
                 where state = 'open' and amount_minor = d.amount_minor
                   and paid_on between d.booking_date - ${CLAIM_DAYS_MAX}::int and d.booking_date + ${CLAIM_DAYS_MAX}::int
                 order by made_at limit ${CLAIMS_MAX}) n
         group by n.wallet_id) c
     where d.id = any(${param(depositIds)}::text[])`);
  return byDeposit(rows, (row) => ({
    walletId: row.wallet,
    claims: row.days.map((day) => ({
      amountMinor: BigInt(row.amount),
      paidOn: parseLocalDate(day),
    })),
  }));
}

function byDeposit<Row extends { readonly id: string }>(
  rows: readonly Row[],
  toFound: (row: Row) => Found,
): Evidence {
  return new Map([...groupBy(rows, ({ id }) => id)].map(([id, its]) => [id, its.map(toFound)]));
}
