import type { Database, Transaction } from '../../db/client.ts';
import { recordAudit, type Actor } from '../../db/queries/audit.ts';
import {
  givePayerDetails,
  listAllocations,
  lockDecision,
  markApproved,
  markRejected,
  payloadOf,
  type Decision,
} from '../../db/queries/decisions.ts';
import { findDeposit } from '../../db/queries/deposits-read.ts';
import {
  isDecidable,
  refusalToApprove,
  type ApprovalRefusal,
  type PayerDetails,
} from '../../domain/review/approval.ts';
import { CodedError, isCoded, type ErrorCode } from '../../domain/errors.ts';
import { writeAs } from '../write-as.ts';
import { personOf, type DecideContext, type Decider } from './decider.ts';
import { refuseAboveLimit } from './limits.ts';
import { lapsesAt, settledAlready, type ProposedDecision } from './propose.ts';

const REFUSALS = {
  'decision.expired': 'The proposal expired before it was approved: propose it again.',
  'decision.not_open': 'This decision is no longer open: read it again to see its outcome.',
  'decision.payload_changed':
    'The hash does not match the proposal: read the decision again and check its effect.',
  'decision.same_person':
    'You proposed this or gave its bank details: a second person must approve it.',
} as const satisfies Record<ApprovalRefusal, string>;

/**
 * Approves a proposal and locks it until the transaction ends: if approvals and rejections race, one wins. A workflow
 * carries out the decision after the commit.
 * @throws CodedError `decision.not_found` · `decision.not_open` · `decision.expired` · `decision.same_person` ·
 *   `decision.payload_changed` · `decision.limit_reached` · `deposit.already_settled`
 */
export async function approveDecision(
  tx: Transaction,
  context: DecideContext,
  approval: { readonly decisionId: string; readonly payloadSha256: string },
  decider: Decider,
): Promise<void> {
  const { decisionId, payloadSha256 } = approval;
  const decision = await lockOrRefuse(tx, decisionId);
  const person = personOf(decider);
  const code = refusalToApprove(decision, { person, payloadSha256, now: context.clock() });
  if (code !== null) throw refused(code);
  await refuseIfOvertaken(tx, decision);
  await refuseAboveLimit(tx, context.approvals, decision, [person, decision.proposedPerson]);
  const isApproved = await markApproved(tx, {
    decisionId,
    by: decider.keyId,
    sha256: payloadSha256,
  });
  // By the clock of the database, which is the one that counts.
  if (!isApproved) throw refused('decision.expired');
}

/**
 * Ends a proposal; the deposit stays in review. Everyone who may approve it may reject it, and so may the proposer.
 * @throws CodedError `decision.not_found` · `decision.not_open`
 */
export async function rejectDecision(
  tx: Transaction,
  rejection: { readonly decisionId: string; readonly reason: string },
  decider: Decider,
): Promise<void> {
  const { decisionId, reason } = rejection;
  const { state } = await lockOrRefuse(tx, decisionId);
  if (state === 'expired') throw refused('decision.expired');
  if (state !== 'proposed' && state !== 'needs_payer_details') throw refused('decision.not_open');
  const isRejected = await markRejected(tx, { decisionId, by: decider.keyId, because: reason });
  if (!isRejected) throw refused('decision.not_open');
}

/**
 * Adds the bank details that a return needs. The return then waits for a second person, who sees them.
 * @throws CodedError `decision.not_found` · `decision.not_open` · `deposit.already_settled`
 */
export async function completeReturn(
  tx: Transaction,
  context: DecideContext,
  given: { readonly decisionId: string; readonly payer: PayerDetails },
  decider: Decider,
): Promise<ProposedDecision> {
  const decision = await lockOrRefuse(tx, given.decisionId);
  if (decision.state !== 'needs_payer_details') throw needsNoPayer();
  await refuseIfOvertaken(tx, decision);
  const allocations = await listAllocations(tx, decision.id);
  const payload = payloadOf({ ...decision, payer: given.payer }, allocations);
  const expiresAt = lapsesAt(context.clock(), context.approvals);
  const isGiven = await givePayerDetails(tx, payload, { by: decider.keyId, expiresAt });
  if (!isGiven) throw needsNoPayer();
  return { kind: 'proposed', payload, expiresAt };
}

/** Attempts that the audit trail keeps although they changed nothing. */
const KEPT_ATTEMPTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'decision.expired',
  'decision.limit_reached',
  'decision.not_found',
  'decision.not_open',
  'decision.payload_changed',
  'decision.same_person',
]);

/** Runs a write about a decision. A refusal rolls the write back but keeps its entry in the audit trail. */
export async function keepingAttempts<T>(
  database: Database,
  attempt: {
    readonly what: string;
    readonly subjectKind: 'decision' | 'deposit';
    readonly subjectId: string;
    readonly actor: Actor;
  },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCoded(error) && KEPT_ATTEMPTS.has(error.code)) {
      await writeAs(database, { actor: attempt.actor, why: null }, (tx) =>
        recordAudit(tx, {
          action: `${attempt.subjectKind}.${attempt.what}_refused`,
          subjectKind: attempt.subjectKind,
          subjectId: attempt.subjectId,
          before: null,
          after: { code: error.code },
          why: null,
        }),
      );
    }
    throw error;
  }
}

async function lockOrRefuse(tx: Transaction, decisionId: string): Promise<Decision> {
  const decision = await lockDecision(tx, decisionId);
  if (decision !== null) return decision;
  throw new CodedError('decision.not_found', 'Decision not found.');
}

/** The deposit may have been credited or reversed while the proposal waited. */
async function refuseIfOvertaken(tx: Transaction, decision: Decision): Promise<void> {
  const deposit = await findDeposit(tx, decision.depositId);
  if (deposit === null || !isDecidable(decision.kind, deposit.state)) throw settledAlready();
}

function needsNoPayer(): CodedError {
  return new CodedError('decision.not_open', 'This decision needs no payer details.');
}

function refused(code: ApprovalRefusal): CodedError {
  return new CodedError(code, REFUSALS[code]);
}
