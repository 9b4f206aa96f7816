import type { Transaction } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { expireProposals, findOpenProposal, insertDecision } from '../../db/queries/decisions.ts';
import { lockDeposits, type DepositFacts } from '../../db/queries/settlement.ts';
import {
  isDecidable,
  splitFault,
  waitsMs,
  type ApprovalPolicy,
  type DecisionKind,
  type DecisionPayload,
} from '../../domain/review/approval.ts';
import { CodedError } from '../../domain/errors.ts';
import { personOf, type DecideContext, type Decider } from './decider.ts';
import { needsSecond, refuseAboveLimit } from './limits.ts';
import { refuseHopeless } from './refuse-hopeless.ts';
import { readProposal, type Proposed } from './read-proposal.ts';

/** A stored decision: `approved` if one person is enough, `proposed` if it waits for a second person. */
export type RecordedDecision =
  { readonly kind: 'approved'; readonly decisionId: string } | ProposedDecision;

/** A decision that waits for a second person, or first for the payer's bank details (`expiresAt` null). */
export interface ProposedDecision {
  readonly kind: 'proposed';
  readonly payload: DecisionPayload;
  readonly expiresAt: Date | null;
}

/**
 * Stores a person's proposal. If one person is enough, the decision is approved and waits for its workflow.
 * @throws CodedError `deposit.not_found` · `deposit.already_settled` · `deposit.not_credited` · `review.not_open` ·
 *   `wallet.not_found` · `wallet.not_open` · `decision.already_proposed` · `decision.split_mismatch` ·
 *   `decision.same_wallet` · `decision.not_creditable` · `decision.limit_reached`
 */
export async function recordDecision(
  tx: Transaction,
  context: DecideContext,
  proposed: Proposed,
  decider: Decider,
): Promise<RecordedDecision> {
  const now = context.clock();
  const [deposit] = await lockDeposits(tx, [proposed.depositId]);
  if (deposit === undefined) throw new CodedError('deposit.not_found', 'Deposit not found.');
  refuseUnlessOpen(deposit, proposed.kind);
  await expireProposals(tx, deposit.depositId);
  if ((await findOpenProposal(tx, deposit.depositId)) !== null) throw alreadyProposed();
  const payload = await readProposal(tx, proposed, { id: newId('decision'), deposit, now });
  refuseUnlessWhole(payload);
  await refuseHopeless(tx, deposit, payload);
  const person = personOf(decider);
  await refuseAboveLimit(tx, context.approvals, payload, [person]);
  const isShared = await needsSecond(tx, context.approvals, payload, person);
  const expiresAt = isShared && !asksForPayer(payload) ? lapsesAt(now, context.approvals) : null;
  const { keyId: proposedBy } = decider;
  await insertDecision(tx, payload, { proposedBy, needsApproval: isShared, expiresAt });
  return isShared
    ? { kind: 'proposed', payload, expiresAt }
    : { kind: 'approved', decisionId: payload.decisionId };
}

/** The instant at which a proposal made now expires. */
export function lapsesAt(now: Date, approvals: ApprovalPolicy): Date {
  return new Date(now.getTime() + waitsMs(approvals));
}

/** True if a decision is a return that still lacks the bank details of the payer. */
export function asksForPayer(payload: DecisionPayload): boolean {
  return payload.kind === 'return' && payload.payer === null;
}

function refuseUnlessWhole(payload: DecisionPayload): void {
  if (payload.kind !== 'credit' && payload.kind !== 'correct') return;
  const fault = splitFault(payload.amountMinor, payload.allocations);
  if (fault !== null) throw new CodedError('decision.split_mismatch', fault);
}

function refuseUnlessOpen({ state }: DepositFacts, kind: DecisionKind): void {
  if (isDecidable(kind, state)) return;
  if (kind === 'correct')
    throw new CodedError(
      'deposit.not_credited',
      `This deposit is ${state}: it has no credit to correct.`,
    );
  switch (state) {
    case 'captured':
      throw new CodedError(
        'review.not_open',
        'This deposit is not in review yet: read it again soon.',
      );
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
    'This deposit already has an outcome: its story says who decided it.',
  );
}

function alreadyProposed(): CodedError {
  return new CodedError(
    'decision.already_proposed',
    'Another decision on this deposit is open: approve or reject it first.',
  );
}
