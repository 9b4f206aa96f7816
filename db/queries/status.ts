import { listBankAccounts } from './bank-accounts.ts';
import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { listStanding } from './alerts/alerts.ts';
import { listNewestDayProofs } from './day-proofs.ts';
import { withCandidates } from './doubts.ts';
import { countOpenProposals } from './decisions.ts';
import { listGates } from './gates.ts';
import { countEvidenceWaits, countHeldDebits } from './held-rows.ts';
import { countOpenCases } from './line-cases.ts';
import { listUnknownFields } from './quarantined-rows.ts';
import { sumReviewsByReason } from './reviews-read.ts';
import { listLastRuns } from './runs-read.ts';
import type { DepositState } from '../../domain/ledger/deposit.ts';
import type { Continuity } from '../schema/intake.ts';

/** The totals of all wallets. */
export interface WalletTotals {
  readonly count: number;
  readonly credits: bigint;
  readonly prepaidMinor: bigint;
  readonly remainderMinor: bigint;
  /** The debt of all customers. */
  readonly receivableMinor: bigint;
}

/** Deposits in one state and one currency. */
export interface StateTotal {
  readonly state: DepositState;
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: bigint;
}

/** The ledger balances of one bank account, in one currency. Null if it has no posting yet. */
export interface AccountBalance {
  readonly accountKey: string;
  readonly currency: string;
  readonly bankMinor: bigint;
  /** Money in the bank that is not yet anyone's; a liability, stored negative and shown positive here. */
  readonly suspenseMinor: bigint;
}

/** Fails unless the database answers and has been migrated. */
export async function pingSchema(executor: Executor): Promise<void> {
  await executor.execute(sql`select from wallets limit 0`);
}

export async function sumWallets(executor: Executor): Promise<WalletTotals> {
  const rows = await executor.execute<{
    count: number;
    credits: string;
    prepaid: string;
    remainder: string;
    receivable: string;
  }>(sql`
    select count(*)::int as count, coalesce(sum(credits), 0)::text as credits,
           coalesce(sum(prepaid_minor), 0)::text as prepaid, coalesce(sum(remainder_minor), 0)::text as remainder,
           coalesce(sum(receivable_minor), 0)::text as receivable
      from wallets`);
  const row = rows[0];
  return {
    count: row?.count ?? 0,
    credits: BigInt(row?.credits ?? 0),
    prepaidMinor: BigInt(row?.prepaid ?? 0),
    remainderMinor: BigInt(row?.remainder ?? 0),
    receivableMinor: BigInt(row?.receivable ?? 0),
  };
}

export async function sumDepositsByState(executor: Executor): Promise<readonly StateTotal[]> {
  const rows = await executor.execute<{
    state: DepositState;
    currency: string;
    count: number;
    amount: string;
  }>(sql`
    select state, currency, count(*)::int as count, sum(amount_minor)::text as amount
      from deposits group by state, currency order by state, currency`);
  return rows.map((row) => ({
    state: row.state,
    currency: row.currency,
    count: row.count,
    amountMinor: BigInt(row.amount),
  }));
}

/** The review that has waited longest; null if none is open. */
async function findOldestOpenReview(
  executor: Executor,
): Promise<{ readonly depositId: string; readonly openedAt: Date; readonly dueAt: Date } | null> {
  const rows = await executor.execute<{
    deposit_id: string;
    opened_at: string;
    due_at: string;
  }>(sql`
    select deposit_id, opened_at, due_at from reviews where closed_at is null order by opened_at, deposit_id limit 1`);
  const row = rows[0];
  return row === undefined
    ? null
    : {
        depositId: row.deposit_id,
        openedAt: new Date(row.opened_at),
        dueAt: new Date(row.due_at),
      };
}

/** Recomputed from every posting of the account: a report for people, not for a hot path. */
async function sumAccountBalances(executor: Executor): Promise<readonly AccountBalance[]> {
  const rows = await executor.execute<{
    key: string;
    currency: string;
    bank: string;
    suspense: string;
  }>(sql`
    select a.key, coalesce(p.unit, a.currency) as currency,
           coalesce(sum(p.amount) filter (where p.account = 'bank'), 0)::text as bank,
           coalesce(-sum(p.amount) filter (where p.account = 'suspense'), 0)::text as suspense
      from bank_accounts a left join postings p on p.bank_account_key = a.key and p.account in ('bank', 'suspense')
     group by a.key, coalesce(p.unit, a.currency) order by 1, 2`);
  return rows.map((row) => ({
    accountKey: row.key,
    currency: row.currency,
    bankMinor: BigInt(row.bank),
    suspenseMinor: BigInt(row.suspense),
  }));
}

/** The proof of the last statement of an account. */
export interface LastProof {
  readonly accountKey: string;
  readonly proof: 'ok' | 'failed' | 'absent';
  readonly differenceMinor: bigint | null;
  /** How that statement continues the one before it; `gap` if one is missing. */
  readonly continuity: Continuity | null;
}

/** The proof of each account's last imported statement; accounts without one are left out. */
async function listLastProofs(executor: Executor): Promise<readonly LastProof[]> {
  const rows = await executor.execute<{
    key: string;
    proof: LastProof['proof'];
    difference: string | null;
    continuity: Continuity | null;
  }>(sql`
    select distinct on (f.bank_account_key) f.bank_account_key as key, s.proof, s.difference_minor::text as difference,
           s.continuity
      from statements s join statement_files f on f.id = s.file_id
     order by f.bank_account_key, s.id desc`);
  return rows.map((row) => ({
    accountKey: row.key,
    proof: row.proof,
    differenceMinor: row.difference === null ? null : BigInt(row.difference),
    continuity: row.continuity,
  }));
}

/** Statement files that wait for a person to release them. */
async function countHeldFiles(executor: Executor): Promise<number> {
  const rows = await executor.execute<{ held: number }>(sql`
    select count(*)::int as held from statement_files where state = 'held' and released_at is null`);
  return rows[0]?.held ?? 0;
}

/** Reads everything in a status report. Run it in one snapshot, so that its sums agree. */
export async function readStatus(executor: Executor) {
  return {
    alerts: await listStanding(executor),
    wallets: await sumWallets(executor),
    deposits: await sumDepositsByState(executor),
    lastRuns: await listLastRuns(executor),
    reviewsByReason: await sumReviewsByReason(executor),
    oldestOpenReview: await findOldestOpenReview(executor),
    accounts: await sumAccountBalances(executor),
    pausedAccounts: (await listBankAccounts(executor)).flatMap(
      ({ key, pausedAt, pausedBecause }) =>
        pausedAt === null ? [] : [{ accountKey: key, pausedAt, because: pausedBecause ?? '' }],
    ),
    proofs: await listLastProofs(executor),
    heldStatementFiles: await countHeldFiles(executor),
    closedGates: (await listGates(executor)).filter(({ state }) => state === 'closed'),
    dayProofs: await withCandidates(executor, await listNewestDayProofs(executor)),
    evidenceWaits: await countEvidenceWaits(executor),
    heldDebits: await countHeldDebits(executor),
    openCases: await countOpenCases(executor),
    unknownFields: await listUnknownFields(executor),
    openProposals: await countOpenProposals(executor),
  };
}

export type Status = Awaited<ReturnType<typeof readStatus>>;
