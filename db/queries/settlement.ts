import { sql } from 'drizzle-orm';
import type { Rate } from '../../domain/money/credits.ts';
import type { HoldReason } from '../../domain/line/identity.ts';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { AccountMode, WalletOfCode } from '../../domain/review/owner.ts';
import type { DepositState } from '../../domain/ledger/deposit.ts';
import type { JournalDraft, WalletBalances } from '../../domain/ledger/journal.ts';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';
import type { PayerConflict } from '../schema/bank-accounts.ts';
import { IS_PROVED_SINCE } from './continuations.ts';
import { IS_OPEN_REVERSAL } from './open-reversals.ts';

/** A deposit with the texts that may name its owner. */
export interface DepositFacts {
  readonly depositId: string;
  readonly lineId: bigint;
  readonly bankAccountKey: string;
  readonly state: DepositState;
  readonly hold: HoldReason | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookingDate: LocalDate;
  /** Those of its line; where they hold no code, also the wordings of reads and files. A webhook's word alone gives nobody money that it did not bring. */
  readonly texts: readonly string[];
  /** The generation of its next credit; above 0 if its line was removed and came back. */
  readonly generation: number;
  /** The largest amount that its bank account credits without a person; null for any. */
  readonly amountLimitMinor: bigint | null;
  /** The mode of its bank account: `live` credits automatically. */
  readonly mode: AccountMode;
  /** The policy of its bank account for a payer who is known for another customer. */
  readonly payerConflict: PayerConflict;
  /** True if its bank account has reversals that are not paired yet. */
  readonly hasOpenReversals: boolean;
}

type DepositRow = {
  id: string;
  line_id: string;
  bank_account_key: string;
  state: DepositState;
  hold_reason: HoldReason | null;
  amount_minor: string;
  currency: string;
  booking_date: string;
  texts: string[];
  later_texts: string[] | null;
  generation: number;
  amount_limit: string | null;
  mode: AccountMode;
  payer_conflict: PayerConflict;
  has_open_reversals: boolean;
};

const DEPOSIT_COLUMNS = sql`d.id, d.line_id::text, d.bank_account_key, d.state,
  case when d.hold_reason = 'proof_absent' and ${IS_PROVED_SINCE} then null else d.hold_reason end as hold_reason, d.amount_minor::text, d.currency,
  d.booking_date::text, d.generation, array_append(l."references", l.text) as texts,
  case when array_to_string(l."references", ' ') || l.text !~* 'CUS' then (
    select array_agg(distinct s.reference) from sightings s
     where s.line_id = l.id and s.feed <> 'webhook' and s.evidence <> 'parts' and s.reference ~* 'CUS') end as later_texts,
  (select a.amount_limit_minor::text from bank_accounts a where a.key = d.bank_account_key) as amount_limit,
  (select a.mode from bank_accounts a where a.key = d.bank_account_key) as mode,
  (select a.payer_conflict from bank_accounts a where a.key = d.bank_account_key) as payer_conflict,
  exists (select 1 from reversals r where r.bank_account_key = d.bank_account_key and ${IS_OPEN_REVERSAL}) as has_open_reversals`;

function toFacts(row: DepositRow): DepositFacts {
  return {
    depositId: row.id,
    lineId: BigInt(row.line_id),
    bankAccountKey: row.bank_account_key,
    state: row.state,
    hold: row.hold_reason,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    bookingDate: parseLocalDate(row.booking_date),
    texts: [...row.texts, ...(row.later_texts ?? [])].filter((text) => text.trim() !== ''),
    generation: row.generation,
    amountLimitMinor: row.amount_limit === null ? null : BigInt(row.amount_limit),
    mode: row.mode,
    payerConflict: row.payer_conflict,
    hasOpenReversals: row.has_open_reversals,
  };
}

export async function findDepositFacts(
  executor: Executor,
  depositId: string,
): Promise<DepositFacts | null> {
  const rows = await executor.execute<DepositRow>(sql`
    select ${DEPOSIT_COLUMNS} from deposits d join lines l on l.id = d.line_id where d.id = ${depositId}`);
  return rows[0] === undefined ? null : toFacts(rows[0]);
}

/** Deposits after `afterId` in any state, of one account or of all; reads only. */
export async function listDepositFacts(
  executor: Executor,
  query: { readonly accountKey: string | null; readonly afterId: string; readonly limit: number },
): Promise<readonly DepositFacts[]> {
  const ofAccount =
    query.accountKey === null ? sql`` : sql`and d.bank_account_key = ${query.accountKey}`;
  const rows = await executor.execute<DepositRow>(sql`
    select ${DEPOSIT_COLUMNS} from deposits d join lines l on l.id = d.line_id
     where d.id > ${query.afterId} ${ofAccount} order by d.id limit ${query.limit}`);
  return rows.map(toFacts);
}

/** Locks deposits in id order. */
export async function lockDeposits(
  tx: Transaction,
  depositIds: readonly string[],
): Promise<readonly DepositFacts[]> {
  const rows = await tx.execute<DepositRow>(sql`
    select ${DEPOSIT_COLUMNS} from deposits d join lines l on l.id = d.line_id
     where d.id = any(${param(depositIds)}::text[]) order by d.id for update of d`);
  return rows.map(toFacts);
}

/** Locks the next waiting deposits of an account after `afterId`, except those that another worker has locked. */
export async function lockWaitingDeposits(
  tx: Transaction,
  query: { readonly accountKey: string; readonly afterId: string; readonly limit: number },
): Promise<readonly DepositFacts[]> {
  const rows = await tx.execute<DepositRow>(sql`
    select ${DEPOSIT_COLUMNS} from deposits d join lines l on l.id = d.line_id
     where d.bank_account_key = ${query.accountKey} and d.state = 'captured' and d.id > ${query.afterId}
     order by d.id limit ${query.limit} for update of d skip locked`);
  return rows.map(toFacts);
}

/** `CUS` and eight digits. */
const CODE_LENGTH = 11;

/** The wallets with these codes, by code; of the beginning of a code, the first two that begin so. */
export async function findWalletsByCode(
  executor: Executor,
  codes: readonly string[],
): Promise<ReadonlyMap<string, WalletOfCode>> {
  if (codes.length === 0) return new Map();
  const whole = codes.filter((code) => code.length === CODE_LENGTH);
  const beginnings = codes.filter((code) => code.length < CODE_LENGTH);
  const rows = await executor.execute<{
    code: string;
    id: string;
    code_kind: WalletOfCode['codeKind'];
    status: WalletOfCode['status'];
  }>(sql`
    select code, id, code_kind, status from wallets where code = any(${param(whole)}::text[])
    union
    select w.code, w.id, w.code_kind, w.status
      from unnest(${param(beginnings)}::text[]) as b(start) cross join lateral (
        select code, id, code_kind, status from wallets where code between rpad(b.start, ${CODE_LENGTH}::int, '0') and rpad(b.start, ${CODE_LENGTH}::int, '9')
         order by code limit 2) w`);
  return new Map(
    rows.map((row) => [
      row.code,
      { walletId: row.id, codeKind: row.code_kind, status: row.status },
    ]),
  );
}

/** Balances under row locks, taken in id order so that batches never deadlock. */
export async function lockWallets(
  tx: Transaction,
  walletIds: readonly string[],
): Promise<readonly (WalletBalances & { readonly status: WalletOfCode['status'] })[]> {
  const rows = await tx.execute<{
    id: string;
    status: WalletOfCode['status'];
    credits: string;
    prepaid_minor: string;
    remainder_minor: string;
    receivable_minor: string;
    last_seq: string;
  }>(sql`
    select id, status, credits::text, prepaid_minor::text, remainder_minor::text, receivable_minor::text, last_seq::text from wallets
     where id = any(${param(walletIds)}::text[]) order by id for update`);
  return rows.map((row) => ({
    walletId: row.id,
    status: row.status,
    credits: BigInt(row.credits),
    prepaidMinor: BigInt(row.prepaid_minor),
    remainderMinor: BigInt(row.remainder_minor),
    receivableMinor: BigInt(row.receivable_minor),
    lastSeq: BigInt(row.last_seq),
  }));
}

export async function listRates(executor: Executor): Promise<readonly Rate[]> {
  const rows = await executor.execute<{
    version: number;
    minor_per_credit: string;
    effective_from: string;
  }>(sql`
    select version, minor_per_credit::text, effective_from::text from rates order by version`);
  return rows.map((row) => ({
    version: row.version,
    minorPerCredit: BigInt(row.minor_per_credit),
    effectiveFrom: parseLocalDate(row.effective_from),
  }));
}

/**
 * Writes journals and all their effects in one statement. The caller has the locks of {@link lockDeposits} and
 * {@link lockWallets}.
 */
export async function postJournals(
  tx: Transaction,
  journals: readonly JournalDraft[],
  lane: 'workflow' | 'backlog',
): Promise<void> {
  if (journals.length === 0) return;
  const legs = journals.flatMap((journal, index) =>
    journal.postings.map((posting, leg) => ({ journal: index + 1, leg: leg + 1, posting })),
  );
  const wallet = (pick: (balances: WalletBalances) => bigint) =>
    param(
      journals.map((journal) => (journal.wallet === null ? null : pick(journal.wallet).toString())),
    );
  await tx.execute(sql`
    select post_journals(
      ${param(journals.map((journal) => journal.kind))}::text[],
      ${param(journals.map((journal) => journal.depositId))}::text[],
      ${param(journals.map((journal) => journal.part))}::smallint[],
      ${param(journals.map((journal) => journal.generation))}::smallint[],
      ${param(journals.map((journal) => journal.reversesId))}::bigint[],
      ${param(journals.map((journal) => journal.lineId))}::bigint[],
      ${param(journals.map((journal) => journal.spendId))}::text[],
      ${param(journals.map((journal) => journal.eventOn))}::date[],
      ${param(journals.map((journal) => journal.wallet?.walletId ?? null))}::text[],
      ${wallet((balances) => balances.lastSeq)}::bigint[],
      ${wallet((balances) => balances.credits)}::bigint[],
      ${wallet((balances) => balances.prepaidMinor)}::bigint[],
      ${wallet((balances) => balances.remainderMinor)}::bigint[],
      ${wallet((balances) => balances.receivableMinor)}::bigint[],
      ${param(journals.map((journal) => journal.rateVersion))}::integer[],
      ${param(journals.map((journal) => journal.decisionId))}::text[],
      ${param(journals.map((journal) => journal.toldMinor.toString()))}::bigint[],
      ${param(journals.map((journal) => journal.credits.toString()))}::bigint[],
      ${lane},
      ${param(legs.map(({ journal }) => journal))}::integer[],
      ${param(legs.map(({ leg }) => leg))}::smallint[],
      ${param(legs.map(({ posting }) => posting.account))}::text[],
      ${param(legs.map(({ posting }) => posting.bankAccountKey))}::text[],
      ${param(legs.map(({ posting }) => posting.walletId))}::text[],
      ${param(legs.map(({ posting }) => posting.unit))}::text[],
      ${param(legs.map(({ posting }) => posting.amount.toString()))}::bigint[])`);
}
