import { createHash } from 'node:crypto';
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { groupBy } from '../../domain/group-by.ts';
import {
  OPEN_PROPOSAL_STATES,
  payloadText,
  type Allocation,
  type DecisionOutcome,
  type DecisionPayload,
  type DecisionState,
  type PayerDetails,
} from '../../domain/review/approval.ts';
import type { Executor, Transaction } from '../client.ts';
import { literals, param } from '../param.ts';
import { decisionAllocations, decisions } from '../schema/decisions.ts';
import type { ListPlace } from './deposits-read.ts';

export type Decision = typeof decisions.$inferSelect;

/** The same list as in the index `decisions_one_open`. */
const OPEN_PROPOSALS = literals(OPEN_PROPOSAL_STATES);

/** The hash that an approval refers to, as hexadecimal digits. */
export function payloadSha256(payload: DecisionPayload): string {
  return createHash('sha256').update(payloadText(payload)).digest('hex');
}

/**
 * Stores a person's proposal. The database adds the person, the amount and the state; it refuses a hash that does not
 * match the payload, and a key that may not propose or is not the transaction's actor (see `actAs`).
 */
export async function insertDecision(
  tx: Transaction,
  payload: DecisionPayload,
  given: {
    /** Null if a review passed its deadline and Purser proposes a return automatically. */
    readonly proposedBy: string | null;
    readonly needsApproval: boolean;
    readonly expiresAt: Date | null;
  },
): Promise<void> {
  const sha256 =
    payload.kind === 'return' && payload.payer === null ? null : payloadSha256(payload);
  const { allocations } = payload;
  await tx.execute(sql`
    select propose_decision(
      ${payload.decisionId}, ${payload.depositId}, ${payload.kind}, ${payload.reason}, ${payload.keepUntil}::date,
      ${payload.lineId?.toString() ?? null}::bigint, ${toJson(payload.payer)}::jsonb, ${sha256}, ${given.needsApproval},
      ${given.proposedBy}, ${given.expiresAt?.toISOString() ?? null}::timestamptz,
      ${param(allocations.map((part) => part.walletId))}::text[],
      ${param(allocations.map((part) => part.amountMinor.toString()))}::bigint[])`);
}

/** Completes a return that needs its payer's bank details; false if it needs none. */
export async function givePayerDetails(
  tx: Transaction,
  payload: DecisionPayload,
  given: { readonly by: string; readonly expiresAt: Date },
): Promise<boolean> {
  const rows = await tx.execute<{ given: boolean }>(sql`
    select give_payer_details(${payload.decisionId}, ${toJson(payload.payer)}::jsonb, ${payloadSha256(payload)}, ${given.by},
                              ${given.expiresAt.toISOString()}::timestamptz) as given`);
  return rows[0]?.given === true;
}

function toJson(payer: PayerDetails | null): string | null {
  return payer === null ? null : JSON.stringify(payer);
}

export async function findDecision(executor: Executor, id: string): Promise<Decision | null> {
  const rows = await executor.select().from(decisions).where(eq(decisions.id, id)).limit(1);
  return rows[0] ?? null;
}

/** As {@link findDecision}, locked: approvals, rejections and executions run one after the other. */
export async function lockDecision(tx: Transaction, id: string): Promise<Decision | null> {
  // A separate statement: the next one then sees what this one waited for.
  await tx.execute(sql`select lock_decision(${id})`);
  return findDecision(tx, id);
}

/** The decision on a deposit that still waits for a person, if any. */
export async function findOpenProposal(
  tx: Transaction,
  depositId: string,
): Promise<{ readonly id: string } | null> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from decisions where deposit_id = ${depositId} and state in ${OPEN_PROPOSALS}`);
  return rows[0] ?? null;
}

/** Proposals that wait for a second person, or for the payer's bank details. */
export interface OpenProposals {
  readonly state: (typeof OPEN_PROPOSAL_STATES)[number];
  readonly count: number;
  readonly oldestAt: Date;
}

export async function countOpenProposals(executor: Executor): Promise<readonly OpenProposals[]> {
  const rows = await executor.execute<{
    state: OpenProposals['state'];
    count: number;
    oldest: string;
  }>(sql`
    select state, count(*)::int as count, min(proposed_at)::text as oldest from decisions
     where state in ${OPEN_PROPOSALS} group by state order by state`);
  return rows.map(({ state, count, oldest }) => ({ state, count, oldestAt: new Date(oldest) }));
}

export async function listAllocations(
  executor: Executor,
  decisionId: string,
): Promise<readonly Allocation[]> {
  return executor
    .select({
      walletId: decisionAllocations.walletId,
      amountMinor: decisionAllocations.amountMinor,
    })
    .from(decisionAllocations)
    .where(eq(decisionAllocations.decisionId, decisionId))
    .orderBy(asc(decisionAllocations.part));
}

/** The payload in a decision's rows, which its approval refers to. */
export function payloadOf(decision: Decision, allocations: readonly Allocation[]): DecisionPayload {
  return {
    decisionId: decision.id,
    depositId: decision.depositId,
    kind: decision.kind,
    amountMinor: decision.amountMinor,
    currency: decision.currency,
    keepUntil: decision.keepUntil,
    lineId: decision.lineId,
    payer: decision.payer,
    reason: decision.reason,
    allocations,
  };
}

/** Decisions, newest first, from just after `after` on. */
export async function listDecisions(
  executor: Executor,
  query: {
    readonly state: DecisionState | null;
    readonly depositId: string | null;
    readonly after: ListPlace | null;
    readonly limit: number;
  },
): Promise<readonly { readonly decision: Decision; readonly at: string }[]> {
  const { state, depositId, after, limit } = query;
  return executor
    .select({ decision: decisions, at: sql<string>`${decisions.proposedAt}::text` })
    .from(decisions)
    .where(
      and(
        state === null ? undefined : eq(decisions.state, state),
        depositId === null ? undefined : eq(decisions.depositId, depositId),
        after === null
          ? undefined
          : sql`(${decisions.proposedAt}, ${decisions.id}) < (${after.at}::timestamptz, ${after.id})`,
      ),
    )
    .orderBy(desc(decisions.proposedAt), desc(decisions.id))
    .limit(limit);
}

/** The allocations of many decisions, by decision. */
export async function listAllocationsOf(
  executor: Executor,
  decisionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Allocation[]>> {
  const rows = await executor.execute<{
    decision_id: string;
    wallet_id: string;
    amount_minor: string;
  }>(sql`
    select decision_id, wallet_id, amount_minor::text from decision_allocations
     where decision_id = any(${param(decisionIds)}::text[]) order by decision_id, part`);
  return new Map(
    [...groupBy(rows, (row) => row.decision_id)].map(([decisionId, parts]) => [
      decisionId,
      parts.map((part) => ({ walletId: part.wallet_id, amountMinor: BigInt(part.amount_minor) })),
    ]),
  );
}

/** Records a second person's approval. The caller has locked the row and checked everything else. */
/** False if the proposal is not open. The key must be the actor of the transaction. */
export async function markApproved(
  tx: Transaction,
  approval: { readonly decisionId: string; readonly by: string; readonly sha256: string },
): Promise<boolean> {
  const rows = await tx.execute<{ approved: boolean }>(sql`
    select approve_decision(${approval.decisionId}, ${approval.by}, ${approval.sha256}) as approved`);
  return rows[0]?.approved === true;
}

/** False if the proposal is not open. The key must be the actor of the transaction. */
export async function markRejected(
  tx: Transaction,
  rejection: { readonly decisionId: string; readonly by: string; readonly because: string },
): Promise<boolean> {
  const rows = await tx.execute<{ rejected: boolean }>(sql`
    select reject_decision(${rejection.decisionId}, ${rejection.by}, ${rejection.because}) as rejected`);
  return rows[0]?.rejected === true;
}

/** Records the outcome of an approved decision, in the transaction that moves its money. */
export async function markCarriedOut(
  tx: Transaction,
  decisionId: string,
  result: { readonly outcome: DecisionOutcome; readonly refusal: string | null },
): Promise<void> {
  await tx.execute(sql`
    select conclude_decision(${decisionId}, ${result.outcome}, ${result.refusal})`);
}

/** Expires proposals whose time is over, of one deposit or of all (null); answers how many. */
export async function expireProposals(
  executor: Executor,
  depositId: string | null,
): Promise<number> {
  const rows = await executor.execute<{ ended: number }>(sql`
    select expire_decisions(${depositId}) as ended`);
  return rows[0]?.ended ?? 0;
}

/** Ends proposals about deposits that got another outcome meanwhile: nothing is left to approve. */
export async function refuseOvertaken(executor: Executor): Promise<number> {
  const rows = await executor.execute<{ ended: number }>(sql`select refuse_overtaken() as ended`);
  return rows[0]?.ended ?? 0;
}

/** True if each participant of a decision used a key of the person that the row names. */
export async function areByPeople(tx: Transaction, decision: Decision): Promise<boolean> {
  const parts = [
    { keyId: decision.proposedBy, person: decision.proposedPerson },
    { keyId: decision.payerBy, person: decision.payerPerson },
    { keyId: decision.approvedBy, person: decision.approvedPerson },
  ].filter((part) => part.keyId !== null);
  const rows = await tx.execute<{ id: string; person: string | null }>(sql`
    select id, person from api_keys
     where id = any(${param(parts.map((part) => part.keyId))}::text[]) and owner_kind = 'person'`);
  const personOf = new Map<string | null, string | null>(rows.map((row) => [row.id, row.person]));
  return parts.length > 0 && parts.every((part) => personOf.get(part.keyId) === part.person);
}
