import { z } from 'zod';
import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import {
  expireProposals,
  findDecision,
  findOpenProposal,
  insertDecision,
  lockPeople,
  payloadSha256,
  sumDecidedToday,
} from '../../db/queries/decisions.ts';
import { lockDeposits, type DepositFacts } from '../../db/queries/settlement.ts';
import {
  countsAgainstLimit,
  isDecidable,
  needsApproval,
  splitFault,
  waitsMs,
  type DecisionKind,
  type DecisionPayload,
} from '../../domain/review/approval.ts';
import { CodedError } from '../../domain/errors.ts';
import { invariant } from '../../domain/invariant.ts';
import { readProposal, type Proposed } from './read-proposal.ts';
import type { ApiDeps, Principal } from '../../api/deps.ts';
import type { Answer } from '../../api/idempotency.ts';

export const recordedSchema = z.strictObject({ decisionId: z.string() });

/**
 * Stores what a person proposes. Where one person is enough the answer is open until a workflow has carried it out;
 * else it says what a second person is to approve.
 * @throws CodedError `deposit.not_found` · `deposit.already_settled` · `deposit.not_credited` · `review.not_open` ·
 *   `wallet.not_found` · `decision.already_proposed` · `decision.split_mismatch` · `decision.limit_reached`
 */
export async function recordDecision(
  tx: Transaction,
  deps: Pick<ApiDeps, 'approvals' | 'clock'>,
  proposed: Proposed,
  principal: Principal,
): Promise<Answer> {
  const now = deps.clock();
  const [deposit] = await lockDeposits(tx, [proposed.depositId]);
  if (deposit === undefined) throw new CodedError('deposit.not_found', 'There is no such deposit.');
  refuseUnlessOpen(deposit, proposed.kind);
  await expireProposals(tx, { now, depositId: deposit.depositId });
  if ((await findOpenProposal(tx, deposit.depositId)) !== null) throw alreadyProposed();
  const payload = await readProposal(tx, proposed, { id: newId('decision'), deposit, now });
  refuseUnlessWhole(payload);
  const isShared = needsApproval(payload, deps.approvals);
  await refuseAboveLimit(tx, deps, payload, [personOf(principal)]);
  const expiresAt = isShared && !asksForPayer(payload) ? lapsesAt(now, deps) : null;
  const { keyId: proposedBy } = principal;
  await insertDecision(tx, payload, { proposedBy, needsApproval: isShared, expiresAt });
  const { decisionId } = payload;
  return isShared
    ? { status: 202, body: proposalOf(payload, expiresAt) }
    : { status: null, body: { decisionId } };
}

/** The instant at which a proposal that is made now lapses. */
export function lapsesAt(now: Date, { approvals }: Pick<ApiDeps, 'approvals'>): Date {
  return new Date(now.getTime() + waitsMs(approvals));
}

/** What is answered to whoever proposed what a second person must approve. */
export function proposalOf(payload: DecisionPayload, expiresAt: Date | null) {
  const isWhole = !asksForPayer(payload);
  return {
    decisionId: payload.decisionId,
    outcome: 'accepted',
    state: isWhole ? 'proposed' : 'needs_payer_details',
    payloadSha256: isWhole ? payloadSha256(payload) : null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

function asksForPayer(payload: DecisionPayload): boolean {
  return payload.kind === 'return' && payload.payer === null;
}

/** The person behind a key; services have no say in decisions, which their scopes see to. */
export function personOf(principal: Principal): string {
  if (principal.person !== null) return principal.person;
  throw new CodedError('auth.forbidden', 'Only keys of persons decide.');
}

/**
 * Refuses what would have one of these people take part in more than a day's limit. Their other decisions wait until the
 * transaction ends.
 * @throws CodedError `decision.limit_reached`
 */
export async function refuseAboveLimit(
  tx: Transaction,
  { approvals }: Pick<ApiDeps, 'approvals'>,
  decision: Pick<DecisionPayload, 'kind' | 'amountMinor'>,
  people: readonly string[],
): Promise<void> {
  if (!countsAgainstLimit(decision.kind)) return;
  await lockPeople(tx, people);
  for (const person of people) {
    const sumMinor = (await sumDecidedToday(tx, person)) + decision.amountMinor;
    if (sumMinor <= approvals.dailyLimitMinor) continue;
    throw new CodedError(
      'decision.limit_reached',
      `With this, ${person} would decide ${sumMinor} minor units today; the limit is ${approvals.dailyLimitMinor}.`,
    );
  }
}

function refuseUnlessWhole(payload: DecisionPayload): void {
  if (payload.kind !== 'credit' && payload.kind !== 'correct') return;
  const fault = splitFault(payload.amountMinor, payload.allocations);
  if (fault !== null) throw new CodedError('decision.split_mismatch', fault);
}

function refuseUnlessOpen({ state }: DepositFacts, kind: DecisionKind): void {
  if (isDecidable(kind, state)) return;
  if (kind === 'correct')
    throw new CodedError('deposit.not_credited', `This deposit is ${state}: nothing to correct.`);
  switch (state) {
    case 'captured':
      throw new CodedError('review.not_open', 'This deposit is not in review: read it again soon.');
    case 'in_review':
    case 'credited':
    case 'returned':
    case 'dismissed':
    case 'reversed':
      throw settledAlready();
  }
}

export function settledAlready(): CodedError {
  return new CodedError(
    'deposit.already_settled',
    'This deposit is settled already: its story says by whom.',
  );
}

function alreadyProposed(): CodedError {
  return new CodedError(
    'decision.already_proposed',
    'Another decision on this deposit waits for a person: approve or reject it first.',
  );
}

/** A decision whose id was stored in this process. */
export async function storedDecision(deps: Pick<ApiDeps, 'database'>, decisionId: string) {
  const decision = await findDecision(deps.database.db, decisionId);
  invariant(decision !== null, 'A stored decision is gone.');
  return decision;
}
