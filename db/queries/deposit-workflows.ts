import { sql } from 'drizzle-orm';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import { KINDS_BESIDE_REVIEW } from '../../domain/review/approval.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';
import { OPEN_STATES } from './open-deposits.ts';

type DepositWorkflowRow = {
  id: string;
  bank_account_key: string;
  transaction_key: string;
  workflow_round: number;
};

function toDepositWorkflow(row: DepositWorkflowRow): DepositWorkflowRef {
  return {
    depositId: row.id,
    accountKey: row.bank_account_key,
    transactionKey: row.transaction_key,
    round: row.workflow_round,
  };
}

/** Counts the captured deposits of an account that have no workflow yet. */
export async function countUndispatched(executor: Executor, accountKey: string): Promise<number> {
  const rows = await executor.execute<{ waiting: number }>(sql`
    select count(*)::int as waiting from deposits
     where bank_account_key = ${accountKey} and state = 'captured' and dispatched_at is null`);
  return rows[0]?.waiting ?? 0;
}

/** The next captured deposits of an account that have no workflow yet, oldest first. */
export async function listUndispatched(
  executor: Executor,
  accountKey: string,
  limit: number,
): Promise<readonly DepositWorkflowRef[]> {
  const rows = await executor.execute<DepositWorkflowRow>(sql`
    select id, bank_account_key, transaction_key, workflow_round from deposits
     where bank_account_key = ${accountKey} and state = 'captured' and dispatched_at is null
     order by captured_at, id limit ${limit}`);
  return rows.map(toDepositWorkflow);
}

/** Records that these deposits have their workflows. */
export async function markDispatched(
  executor: Executor,
  depositIds: readonly string[],
): Promise<void> {
  await executor.execute(sql`
    update deposits set dispatched_at = now(), lane = coalesce(lane, 'workflow') where id = any(${param(depositIds)}::text[])`);
}

/** The workflow references of these deposits, in any state. */
export async function listDepositWorkflows(
  executor: Executor,
  depositIds: readonly string[],
): Promise<readonly DepositWorkflowRef[]> {
  const rows = await executor.execute<DepositWorkflowRow>(sql`
    select id, bank_account_key, transaction_key, workflow_round from deposits
     where id = any(${param(depositIds)}::text[]) and dispatched_at is not null order by id`);
  return rows.map(toDepositWorkflow);
}

/** The workflow references of those of these deposits that are open. */
export async function listOpenDepositWorkflows(
  executor: Executor,
  depositIds: readonly string[],
): Promise<readonly DepositWorkflowRef[]> {
  const rows = await executor.execute<DepositWorkflowRow>(sql`
    select id, bank_account_key, transaction_key, workflow_round from deposits
     where id = any(${param(depositIds)}::text[]) and state in ${OPEN_STATES}`);
  return rows.map(toDepositWorkflow);
}

/** Deposits that should have a running workflow, in id order after `afterId`: captured or in review, and old enough. */
export async function listOpenDeposits(
  executor: Executor,
  query: { readonly olderThanMs: number; readonly afterId: string; readonly limit: number },
): Promise<readonly DepositWorkflowRef[]> {
  const rows = await executor.execute<DepositWorkflowRow>(sql`
    select d.id, d.bank_account_key, d.transaction_key, d.workflow_round
      from deposits d
     where d.state in ${OPEN_STATES} and d.id > ${query.afterId}
       and greatest(d.captured_at, d.dispatched_at) <= now() - make_interval(secs => ${query.olderThanMs / 1000})
     order by d.id limit ${query.limit}`);
  return rows.map(toDepositWorkflow);
}

/**
 * Moves an open deposit to its next workflow round, once for each round that ended; null if it is closed or already in
 * a later round.
 */
export async function startNextWorkflowRound(
  executor: Executor,
  ended: DepositWorkflowRef,
): Promise<number | null> {
  const rows = await executor.execute<{ workflow_round: number }>(sql`
    update deposits set workflow_round = workflow_round + 1
     where id = ${ended.depositId} and workflow_round = ${ended.round} and state in ${OPEN_STATES}
    returning workflow_round`);
  return rows[0]?.workflow_round ?? null;
}

/**
 * Decisions that were approved some time ago and that no workflow has carried out, with their deposits. `isInReview`:
 * the deposit's workflow takes the decision; otherwise it gets its own workflow.
 */
export async function listWaitingDecisions(
  executor: Executor,
  query: { readonly olderThanMs: number; readonly limit: number },
): Promise<
  readonly {
    readonly decisionId: string;
    readonly isInReview: boolean;
    readonly ref: DepositWorkflowRef;
  }[]
> {
  const rows = await executor.execute<
    DepositWorkflowRow & { decision_id: string; is_in_review: boolean }
  >(sql`
    select c.id as decision_id, d.state = 'in_review' and c.kind <> all(${param(KINDS_BESIDE_REVIEW)}::text[]) as is_in_review,
           d.id, d.bank_account_key, d.transaction_key, d.workflow_round
      from decisions c join deposits d on d.id = c.deposit_id
     where c.state = 'approved'
       and coalesce(c.approved_at, c.proposed_at) <= now() - make_interval(secs => ${query.olderThanMs / 1000})
     order by c.proposed_at, c.id limit ${query.limit}`);
  return rows.map((row) => ({
    decisionId: row.decision_id,
    isInReview: row.is_in_review,
    ref: toDepositWorkflow(row),
  }));
}

/** Accounts with more captured deposits, old enough for the sweep, than workflows should take. */
export async function listBackloggedAccounts(
  executor: Executor,
  query: { readonly olderThanMs: number; readonly bulkAbove: number },
): Promise<readonly string[]> {
  const rows = await executor.execute<{ bank_account_key: string }>(sql`
    select bank_account_key from deposits
     where state = 'captured' and captured_at <= now() - make_interval(secs => ${query.olderThanMs / 1000})
     group by bank_account_key having count(*) > ${query.bulkAbove}`);
  return rows.map((row) => row.bank_account_key);
}
