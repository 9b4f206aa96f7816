import type { Transaction } from '../db/client.ts';
import { lockDecision, markDecision, type DecisionFacts } from '../db/queries/reviews.ts';
import {
  listRates,
  lockDeposits,
  lockWallets,
  postJournals,
  type DepositFacts,
} from '../db/queries/settlement.ts';
import { settle, settleReturn, type JournalDraft } from '../domain/settle.ts';
import type { ResolveDepositOutput } from '../workflows/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';

export type ApplyDecisionOutput = ResolveDepositOutput;

/**
 * Carries out a person's decision, once: the row must exist, be about this deposit and be written by a person. What
 * came with the update or signal besides its id counts for nothing. A repeat answers what the first attempt did.
 */
export async function applyDecision(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string; readonly decisionId: string },
): Promise<ApplyDecisionOutput> {
  return dependencies.database.transaction(async (tx): Promise<ApplyDecisionOutput> => {
    const [deposit] = await lockDeposits(tx, [input.depositId]);
    const decision = await lockDecision(tx, input.decisionId);
    if (
      decision === null ||
      deposit === undefined ||
      decision.depositId !== input.depositId ||
      !decision.isByPerson
    ) {
      return { outcome: 'unknown_decision', refusal: null };
    }
    if (decision.outcome !== null) return answerOf(decision.outcome, decision.refusal);
    if (deposit.state !== 'in_review') return refuse(tx, decision, 'already_settled');
    return decision.kind === 'credit'
      ? credit(tx, deposit, decision)
      : sendBack(tx, deposit, decision);
  });
}

async function credit(
  tx: Transaction,
  deposit: DepositFacts,
  decision: DecisionFacts,
): Promise<ApplyDecisionOutput> {
  const [wallet] = await lockWallets(tx, decision.walletId === null ? [] : [decision.walletId]);
  if (wallet === undefined || wallet.status === 'closed')
    return refuse(tx, decision, 'wallet_closed');
  if (deposit.currency !== 'ZAR') return refuse(tx, decision, 'currency_mismatch');
  const owned = { ...deposit, walletId: wallet.walletId, decisionId: decision.decisionId };
  const rates = await listRates(tx);
  if (rates.every((rate) => rate.effectiveFrom > deposit.bookingDate))
    return refuse(tx, decision, 'rate_missing');
  return post(tx, decision, settle([owned], [wallet], rates), 'credited');
}

async function sendBack(
  tx: Transaction,
  deposit: DepositFacts,
  decision: DecisionFacts,
): Promise<ApplyDecisionOutput> {
  return post(
    tx,
    decision,
    [settleReturn({ ...deposit, decisionId: decision.decisionId })],
    'returned',
  );
}

async function post(
  tx: Transaction,
  decision: DecisionFacts,
  journals: readonly JournalDraft[],
  outcome: 'credited' | 'returned',
): Promise<ApplyDecisionOutput> {
  await postJournals(tx, journals, 'workflow');
  await markDecision(tx, { decisionId: decision.decisionId, outcome, refusal: null });
  return { outcome, refusal: null };
}

async function refuse(
  tx: Transaction,
  decision: DecisionFacts,
  refusal: string,
): Promise<ApplyDecisionOutput> {
  await markDecision(tx, { decisionId: decision.decisionId, outcome: 'refused', refusal });
  return answerOf('refused', refusal);
}

function answerOf(
  outcome: 'credited' | 'returned' | 'refused',
  refusal: string | null,
): ApplyDecisionOutput {
  return { outcome: refusal === 'already_settled' ? refusal : outcome, refusal };
}
