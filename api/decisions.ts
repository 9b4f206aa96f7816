import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Transaction } from '../db/client.ts';
import { newId } from '../db/new-id.ts';
import { findDecision, insertDecision, type Decision } from '../db/queries/decisions.ts';
import { findDeposit, type Deposit } from '../db/queries/deposits-read.ts';
import { saveAnswer } from '../db/queries/idempotency.ts';
import { findWallet, findWalletByCode } from '../db/queries/wallets.ts';
import { CodedError } from '../domain/errors.ts';
import { invariant } from '../domain/invariant.ts';
import type { ResolveDepositOutput } from '../workflows/contract.ts';
import type { DecisionBody } from './decision-body.ts';
import { principalOf, type ApiDeps } from './deps.ts';
import { toSavedRefusal, type Answer, type GivenAnswer } from './idempotency.ts';

const recordedSchema = z.strictObject({ decisionId: z.string() });

/**
 * Stores a person's decision. The answer is open until the deposit's workflow has tried it.
 * @throws CodedError `deposit.not_found` · `deposit.already_settled` · `review.not_open` · `wallet.not_found`
 */
export async function recordDecision(
  tx: Transaction,
  depositId: string,
  body: DecisionBody,
  request: Pick<FastifyRequest, 'principal'>,
): Promise<Answer> {
  const deposit = await findDeposit(tx, depositId);
  if (deposit === null) throw new CodedError('deposit.not_found', 'There is no such deposit.');
  refuseUnlessInReview(deposit);
  const decisionId = newId('decision');
  await insertDecision(tx, {
    id: decisionId,
    depositId,
    kind: body.kind,
    walletId: body.kind === 'credit' ? await findWalletId(tx, body) : null,
    reason: body.reason,
    decidedBy: principalOf(request).keyId,
  });
  return { status: null, body: { decisionId } };
}

/**
 * Hands a stored decision to its workflow and answers what came of it. 202 is not kept as the answer:
 * whoever repeats the request hands the same decision in again, and learns the outcome once there is one.
 * @throws CodedError `deposit.already_settled`
 */
export async function deliverDecision(deps: ApiDeps, recorded: GivenAnswer): Promise<GivenAnswer> {
  const { decisionId } = recordedSchema.parse(recorded.body);
  const { db } = deps.database;
  const decision = await findDecision(db, decisionId);
  invariant(decision !== null, 'A stored decision is gone.');
  const output = outcomeOf(decision) ?? (await handIn(deps, decision));
  if (output === null) {
    return { ...recorded, status: 202, body: { decisionId, outcome: 'accepted' } };
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

/** Null while nobody can say what came of it. */
async function handIn(deps: ApiDeps, decision: Decision): Promise<ResolveDepositOutput | null> {
  const { db } = deps.database;
  const deposit = await findDeposit(db, decision.depositId);
  invariant(deposit !== null, 'The deposit of a stored decision is gone.');
  const delivery = await deps.temporal.resolveDeposit({
    accountKey: deposit.bankAccountKey,
    transactionKey: deposit.transactionKey,
    round: deposit.workflowRound,
    depositId: deposit.id,
    decisionId: decision.id,
  });
  if (delivery.kind === 'applied') {
    invariant(
      delivery.output.outcome !== 'unknown_decision',
      'A workflow did not find the decision that was stored for it.',
    );
    return delivery.output;
  }
  const now = await findDecision(db, decision.id);
  const tried = now === null ? null : outcomeOf(now);
  if (tried !== null) return tried;
  const depositNow = await findDeposit(db, decision.depositId);
  return depositNow?.state === 'in_review' ? null : { outcome: 'already_settled', refusal: null };
}

/** What a decision's row says came of it; null while it was not tried. */
function outcomeOf(decision: Decision): ResolveDepositOutput | null {
  if (decision.outcome === null) return null;
  return decision.refusal === 'already_settled'
    ? { outcome: 'already_settled', refusal: decision.refusal }
    : { outcome: decision.outcome, refusal: decision.refusal };
}

function refuseUnlessInReview(deposit: Deposit): void {
  switch (deposit.state) {
    case 'in_review':
      return;
    case 'captured':
      throw new CodedError('review.not_open', 'This deposit is not in review: read it again soon.');
    case 'credited':
    case 'returned':
    case 'dismissed':
    case 'reversed':
      throw settledAlready();
  }
}

function settledAlready(): CodedError {
  return new CodedError(
    'deposit.already_settled',
    'This deposit is settled already: its story says by whom.',
  );
}

async function findWalletId(
  tx: Transaction,
  body: Extract<DecisionBody, { readonly kind: 'credit' }>,
): Promise<string> {
  const wallet =
    body.walletId === undefined
      ? await findWalletByCode(tx, body.code ?? '')
      : await findWallet(tx, body.walletId);
  if (wallet === null) throw new CodedError('wallet.not_found', 'There is no such wallet.');
  return wallet.id;
}
