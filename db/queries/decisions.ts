import { createHash } from 'node:crypto';
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { groupBy } from '../../domain/group-by.ts';
import { BUSINESS_TIME_ZONE } from '../../domain/local-date.ts';
import {
  DECIDABLE,
  LIMITED_KINDS,
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
 * Stores a person's proposal. The database adds the person, the amount and the state, and refuses a hash that does not
 * match the payload.
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
  await tx.execute(sql`
    insert into decisions (id, deposit_id, kind, reason, keep_until, line_id, payer, payload_sha256, needs_approval, proposed_by, expires_at)
    values (${payload.decisionId}, ${payload.depositId}, ${payload.kind}, ${payload.reason}, ${payload.keepUntil}::date, ${payload.lineId?.toString() ?? null}::bigint,
            ${toJson(payload.payer)}::jsonb, ${sha256}, ${given.needsApproval}, ${given.proposedBy},
            ${given.expiresAt?.toISOString() ?? null}::timestamptz)`);
  const { allocations } = payload;
  if (allocations.length === 0) return;
  await tx.execute(sql`
    insert into decision_allocations (decision_id, part, wallet_id, amount_minor)
    select ${payload.decisionId}, i.idx - 1, i.wallet_id, i.amount_minor
      from unnest(${param(allocations.map((part) => part.walletId))}::text[],
                  ${param(allocations.map((part) => part.amountMinor.toString()))}::bigint[])
           with ordinality as i(wallet_id, amount_minor, idx)`);
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
  const rows = await tx.select().from(decisions).where(eq(decisions.id, id)).limit(1).for('update');
  return rows[0] ?? null;
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
export async function markApproved(
  tx: Transaction,
  approval: { readonly decisionId: string; readonly by: string; readonly sha256: string },
): Promise<void> {
  await tx.execute(sql`
    update decisions set state = 'approved', approved_by = ${approval.by}, approved_at = now(), approved_sha256 = ${approval.sha256}
     where id = ${approval.decisionId}`);
}

export async function markRejected(
  tx: Transaction,
  rejection: { readonly decisionId: string; readonly by: string; readonly because: string },
): Promise<void> {
  await tx.execute(sql`
    update decisions set state = 'rejected', rejected_by = ${rejection.by}, rejected_at = now(), rejected_because = ${rejection.because}
     where id = ${rejection.decisionId}`);
}

/** Records the outcome of an approved decision, in the transaction that moves its money. */
export async function markCarriedOut(
  tx: Transaction,
  decisionId: string,
  result: { readonly outcome: DecisionOutcome; readonly refusal: string | null },
): Promise<void> {
  await tx.execute(sql`
    update decisions set state = ${result.outcome === 'refused' ? 'refused' : 'executed'}, outcome = ${result.outcome},
           refusal = ${result.refusal}, applied_at = now()
     where id = ${decisionId}`);
}

/** Expires proposals whose time is over by `now`, of one deposit or of all; answers how many. */
export async function expireProposals(
  executor: Executor,
  query: { readonly now: Date; readonly depositId: string | null },
): Promise<number> {
  const rows = await executor.execute(sql`
    update decisions set state = 'expired'
     where state = 'proposed' and expires_at <= ${query.now.toISOString()}::timestamptz
       and (${query.depositId}::text is null or deposit_id = ${query.depositId})
    returning id`);
  return rows.length;
}

/** Ends proposals about deposits that got another outcome meanwhile: nothing is left to approve. */
export async function refuseOvertaken(executor: Executor): Promise<number> {
  const rows = await executor.execute(sql`
    update decisions c set state = 'refused', outcome = 'refused', refusal = 'already_settled', applied_at = now()
      from deposits d
     where d.id = c.deposit_id and c.state in ${OPEN_PROPOSALS}
       and not exists (
         select 1 from unnest(${param(DECIDABLE.map(({ kind }) => kind))}::text[],
                              ${param(DECIDABLE.map(({ state }) => state))}::text[]) as may(kind, state)
          where may.kind = c.kind and may.state = d.state)
    returning c.id`);
  return rows.length;
}

/**
 * Makes the decisions of these people wait for each other until the transaction ends, so that two of them cannot pass
 * one limit together.
 */
export async function lockPeople(tx: Transaction, people: readonly string[]): Promise<void> {
  for (const person of [...new Set(people)].sort()) {
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`decisions of ${person}`}, 0))`,
    );
  }
}

/**
 * The sum of the credits and returns of this business day that a person took part in, approved or carried out, in minor
 * units.
 */
export async function sumDecidedToday(tx: Transaction, person: string): Promise<bigint> {
  const rows = await tx.execute<{ total: string }>(sql`
    select coalesce(sum(amount_minor), 0)::text as total from decisions
     where (proposed_person = ${person} or approved_person = ${person})
       and state in ('approved', 'executed') and kind = any(${param(LIMITED_KINDS)}::text[])
       and (coalesce(approved_at, proposed_at) at time zone ${BUSINESS_TIME_ZONE}::text)::date
         = (now() at time zone ${BUSINESS_TIME_ZONE}::text)::date`);
  return BigInt(rows[0]?.total ?? '0');
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
