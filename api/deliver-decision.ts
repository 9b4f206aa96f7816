import { findDecision, type Decision } from '../db/queries/decisions.ts';
import { findDeposit } from '../db/queries/deposits-read.ts';
import { saveAnswer } from '../db/queries/idempotency.ts';
import { isOfReview } from '../domain/review/approval.ts';
import { invariant } from '../domain/invariant.ts';
import type { ResolveDepositOutput } from '../workflows/contract.ts';
import { settledAlready } from '../app/decide/propose.ts';
import { recordedSchema } from './decision-answer.ts';
import type { ApiDeps } from './deps.ts';
import { toSavedRefusal, type GivenAnswer } from './idempotency.ts';

/**
 * Delivers an approved decision to its workflow and answers the outcome. A 202 is not saved as the answer: a repeat of
 * the request delivers the same decision again, and gets the outcome once there is one.
 * @throws CodedError `deposit.already_settled`
 */
export async function deliverDecision(deps: ApiDeps, recorded: GivenAnswer): Promise<GivenAnswer> {
  const { decisionId } = recordedSchema.parse(recorded.body);
  const { db } = deps.database;
  const decision = await storedDecision(deps, decisionId);
  const output = outcomeOf(decision) ?? (await handIn(deps, decision));
  if (output === null) {
    const body = {
      decisionId,
      outcome: 'accepted',
      state: 'approved',
      payloadSha256: decision.payloadSha256,
      expiresAt: null,
    };
    return { ...recorded, status: 202, body };
  }
  if (output.outcome === 'already_settled') {
    const refusal = settledAlready();
    await saveAnswer(db, recorded.name, toSavedRefusal(refusal));
    throw refusal;
  }
  const answer = { status: 200, body: { decisionId, ...output } };
  await saveAnswer(db, recorded.name, answer);
  return { ...recorded, ...answer };
}

/** Null while the outcome is unknown. */
async function handIn(deps: ApiDeps, decision: Decision): Promise<ResolveDepositOutput | null> {
  const { db } = deps.database;
  const deposit = await findDeposit(db, decision.depositId);
  invariant(deposit !== null, 'The deposit of a stored decision is missing.');
  const delivery = !isOfReview(decision.kind)
    ? await deps.temporal.startDecision({
        accountKey: deposit.bankAccountKey,
        depositId: deposit.id,
        decisionId: decision.id,
      })
    : await deps.temporal.resolveDeposit(
        {
          depositId: deposit.id,
          accountKey: deposit.bankAccountKey,
          transactionKey: deposit.transactionKey,
          round: deposit.workflowRound,
        },
        decision.id,
      );
  if (delivery.kind === 'applied' && isAnswer(delivery.output)) return delivery.output;
  const now = await findDecision(db, decision.id);
  const tried = now === null ? null : outcomeOf(now);
  if (tried !== null || !isOfReview(decision.kind)) return tried;
  const depositNow = await findDeposit(db, decision.depositId);
  return depositNow?.state === 'in_review' ? null : { outcome: 'already_settled', refusal: null };
}

/**
 * An Update of this id that came before the approval was answered then, and permanently gets that answer: the sweep
 * delivers the decision again.
 */
function isAnswer({ outcome }: ResolveDepositOutput): boolean {
  return outcome !== 'not_approved' && outcome !== 'unknown_decision';
}

/** The outcome in a decision's row; null if the decision has not been tried. */
function outcomeOf(decision: Decision): ResolveDepositOutput | null {
  if (decision.outcome === null) return null;
  return decision.refusal === 'already_settled'
    ? { outcome: 'already_settled', refusal: decision.refusal }
    : { outcome: decision.outcome, refusal: decision.refusal };
}

/** A decision whose ID was stored in this process. */
export async function storedDecision(
  deps: Pick<ApiDeps, 'database'>,
  decisionId: string,
): Promise<Decision> {
  const decision = await findDecision(deps.database.db, decisionId);
  invariant(decision !== null, 'A stored decision is missing.');
  return decision;
}
