import type { Database, Transaction } from '../../db/client.ts';
import { recordAudit, WORKFLOW_ACTOR } from '../../db/queries/audit.ts';
import {
  areByPeople,
  listAllocations,
  lockDecision,
  markCarriedOut,
  payloadOf,
  payloadSha256,
  type Decision,
} from '../../db/queries/decisions.ts';
import { listOpenDepositWorkflows } from '../../db/queries/deposit-workflows.ts';
import { lockGates } from '../../db/queries/gates.ts';
import { postponeReview } from '../../db/queries/reviews.ts';
import {
  listRates,
  lockDeposits,
  lockWallets,
  postJournals,
  type DepositFacts,
} from '../../db/queries/settlement.ts';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import { settle } from '../../domain/ledger/settle.ts';
import { settleDismissal, settleReturn } from '../../domain/ledger/suspense.ts';
import { ZAR } from '../../domain/money/money.ts';
import { eveningOf, scheduleReview, type AgingPolicy } from '../../domain/review/aging.ts';
import {
  isDecidable,
  isOfReview,
  needsApproval,
  OUTCOME_OF,
  type Allocation,
  type DecisionOutcome,
} from '../../domain/review/approval.ts';
import { invariant } from '../../domain/invariant.ts';
import { BUSINESS_TIME_ZONE, localDateIn } from '../../domain/local-date.ts';
import { closeCaseOf, pairByHand, takeBackVanished } from '../undo/line-decisions.ts';
import { moveCredit } from '../undo/take-back.ts';
import { writeAs } from '../write-as.ts';

/** The outcome of an attempt to carry out a decision, for its workflow. */
export interface ApplyOutcome {
  readonly outcome: DecisionOutcome | 'already_settled' | 'not_approved' | 'unknown_decision';
  readonly refusal: string | null;
}

/** An outcome, and its effects on other deposits. */
export interface Applied {
  readonly output: ApplyOutcome;
  /** Workflows of reviews that have nothing left to decide. */
  readonly open: readonly DepositWorkflowRef[];
  /** The bank account where a reversal was paired with its deposit. */
  readonly pairedIn: string | null;
}

/** The clock and the policies by which a decision is carried out. */
export interface ApplyContext {
  readonly clock: () => Date;
  readonly aging: AgingPolicy;
  /** A credit of more than this needs two people; minor units. */
  readonly fourEyesAboveMinor: bigint;
}

/** A decision with its deposit, read under the locks of both. */
interface Approved {
  readonly deposit: DepositFacts;
  readonly decision: Decision;
  readonly allocations: readonly Allocation[];
}

/** A decision that was not carried out, and why. */
type Refused = { readonly refusal: string };

/**
 * Carries out a person's decision once. The row must exist, be about this deposit, be written by people and be approved
 * in its present form. Of the update or signal only the decision's ID counts. A repeat answers with the first attempt's
 * outcome.
 */
export function applyDecision(
  database: Database,
  context: ApplyContext,
  input: { readonly depositId: string; readonly decisionId: string },
): Promise<Applied> {
  return writeAs(database, { actor: WORKFLOW_ACTOR, why: null }, (tx) =>
    applyIn(tx, context, input),
  );
}

async function applyIn(
  tx: Transaction,
  context: ApplyContext,
  input: { readonly depositId: string; readonly decisionId: string },
): Promise<Applied> {
  const only = (output: ApplyOutcome): Applied => ({ output, open: [], pairedIn: null });
  const [deposit] = await lockDeposits(tx, [input.depositId]);
  const decision = await lockDecision(tx, input.decisionId);
  if (
    decision === null ||
    deposit === undefined ||
    decision.depositId !== input.depositId ||
    !(await areByPeople(tx, decision))
  ) {
    return only(await turnAway(tx, input, 'unknown_decision'));
  }
  if (decision.outcome !== null) return only(answerOf(decision.outcome, decision.refusal));
  if (decision.state !== 'approved') return only(await turnAway(tx, input, 'not_approved'));
  const allocations = await listAllocations(tx, decision.id);
  const approved: Approved = { deposit, decision, allocations };
  const refusal = refusalOf(context, approved) ?? (await gateRefusal(tx, approved));
  const open = isOfReview(decision.kind)
    ? []
    : await listOpenDepositWorkflows(tx, [input.depositId]);
  const done = refusal === null ? await carryOut(tx, context, approved) : { refusal };
  const output = await conclude(tx, decision, done);
  return { output, open, pairedIn: output.outcome === 'paired' ? deposit.bankAccountKey : null };
}

/** Moves nothing and records the attempt: an id that reached a workflow without an approved row may be forged. */
async function turnAway(
  tx: Transaction,
  input: { readonly depositId: string; readonly decisionId: string },
  outcome: 'unknown_decision' | 'not_approved',
): Promise<ApplyOutcome> {
  await recordAudit(tx, {
    action: `decision.${outcome}`,
    subjectKind: 'deposit',
    // The id came over the wire and may be anything.
    subjectId: input.depositId.slice(0, 100),
    before: null,
    after: { decisionId: input.decisionId.slice(0, 100) },
    why: null,
  });
  return { outcome, refusal: null };
}

/** Checks everything again: the rows may have changed since a person approved them. */
function refusalOf(
  context: ApplyContext,
  { deposit, decision, allocations }: Approved,
): string | null {
  if (!isDecidable(decision.kind, deposit.state)) return 'already_settled';
  const sha256 = payloadSha256(payloadOf(decision, allocations));
  const isUnchanged = sha256 === decision.payloadSha256;
  if (!isUnchanged || decision.amountMinor !== deposit.amountMinor) return 'payload_changed';
  const hasSecond =
    decision.approvedPerson !== null &&
    decision.approvedPerson !== decision.proposedPerson &&
    decision.approvedPerson !== decision.payerPerson &&
    decision.approvedSha256 === sha256;
  return hasSecond || !needsApproval(decision, context) ? null : 'approval_missing';
}

/** While crediting is stopped, people cannot credit either. */
async function gateRefusal(
  tx: Transaction,
  { deposit, decision }: Approved,
): Promise<'gate_closed' | null> {
  if (decision.kind !== 'credit' && decision.kind !== 'correct') return null;
  const closed = await lockGates(tx, [deposit.bankAccountKey]);
  return closed.has(deposit.bankAccountKey) ? 'gate_closed' : null;
}

async function carryOut(
  tx: Transaction,
  context: ApplyContext,
  approved: Approved,
): Promise<Refused | null> {
  const { deposit, decision } = approved;
  const held = { ...deposit, decisionId: decision.id };
  switch (decision.kind) {
    case 'credit':
      return credit(tx, approved);
    case 'return':
      return post(tx, [settleReturn(held)]);
    case 'dismiss':
      await post(tx, [settleDismissal(held)]);
      await closeCaseOf(tx, deposit, decision, 'line_vanished');
      return null;
    case 'keep':
      return keep(tx, context, decision);
    case 'correct':
      return correct(tx, context, approved);
    case 'take_back':
      return takeBackVanished(tx, deposit, decision);
    case 'pair':
      return pairByHand(tx, deposit, decision);
  }
}

async function credit(
  tx: Transaction,
  { deposit, decision, allocations }: Approved,
): Promise<Refused | null> {
  const wallets = await lockWallets(
    tx,
    allocations.map((part) => part.walletId),
  );
  const isOpen = (walletId: string) =>
    wallets.some((wallet) => wallet.walletId === walletId && wallet.status !== 'closed');
  if (!allocations.every((part) => isOpen(part.walletId))) return { refusal: 'wallet_closed' };
  if (deposit.currency !== ZAR) return { refusal: 'currency_mismatch' };
  const rates = await listRates(tx);
  if (rates.every((rate) => rate.effectiveFrom > deposit.bookingDate))
    return { refusal: 'rate_missing' };
  const owned = allocations.map((allocation, part) => ({
    ...deposit,
    ...allocation,
    part,
    decisionId: decision.id,
  }));
  return post(tx, settle(owned, wallets, rates));
}

async function post(tx: Transaction, journals: Parameters<typeof postJournals>[1]): Promise<null> {
  await postJournals(tx, journals, 'workflow');
  return null;
}

/** Moves no money: the review gets another deadline. */
async function keep(
  tx: Transaction,
  { clock, aging }: ApplyContext,
  decision: Decision,
): Promise<null> {
  invariant(decision.keepUntil !== null, 'A decision to keep a deposit names no day.');
  const schedule = scheduleReview(clock(), aging, eveningOf(decision.keepUntil));
  await postponeReview(tx, decision.depositId, schedule);
  return null;
}

async function conclude(
  tx: Transaction,
  decision: Decision,
  done: Refused | null,
): Promise<ApplyOutcome> {
  const outcome = done === null ? OUTCOME_OF[decision.kind] : 'refused';
  const refusal = done?.refusal ?? null;
  await markCarriedOut(tx, decision.id, { outcome, refusal });
  return answerOf(outcome, refusal);
}

function answerOf(outcome: DecisionOutcome, refusal: string | null): ApplyOutcome {
  return { outcome: refusal === 'already_settled' ? refusal : outcome, refusal };
}

/** The ledger handles the wallets and the debt for spent credits; see take-back.ts. */
async function correct(
  tx: Transaction,
  { clock }: ApplyContext,
  { deposit, decision, allocations }: Approved,
): Promise<Refused | null> {
  const [to] = allocations;
  invariant(to !== undefined, 'A correction names no wallet.');
  // A correction is booked on the day it is made.
  const eventOn = localDateIn(clock(), BUSINESS_TIME_ZONE);
  const outcome = await moveCredit(tx, deposit, {
    decisionId: decision.id,
    walletId: to.walletId,
    eventOn,
  });
  return outcome === 'corrected' ? null : { refusal: outcome };
}
