import type { Answer } from '../app/answer-once.ts';
import { keepingAttempts } from '../app/decide/approve.ts';
import { recordDecision } from '../app/decide/propose.ts';
import type { Transaction } from '../db/client.ts';
import { recordedAnswer } from './decision-answer.ts';
import { toProposed, type DecisionBody } from './schemas/decision-body.ts';
import { deliverDecision } from './deliver-decision.ts';
import { actorOf, type ApiDeps, type Principal } from './deps.ts';
import type { GivenAnswer } from './idempotency.ts';

/**
 * Takes one person's decision on one review: stores it once, through `once`, and delivers it to its workflow if one
 * person is enough.
 * @throws CodedError the refusals of `recordDecision` and `deliverDecision`
 */
export async function decideOne(
  deps: ApiDeps,
  principal: Principal,
  decision: { readonly depositId: string; readonly body: DecisionBody },
  once: (effect: (tx: Transaction) => Promise<Answer>) => Promise<GivenAnswer>,
): Promise<GivenAnswer> {
  const { depositId } = decision;
  const attempt = {
    what: 'proposal',
    subjectKind: 'deposit',
    subjectId: depositId,
    actor: actorOf(principal),
  } as const;
  const proposed = toProposed(depositId, decision.body);
  const recorded = await keepingAttempts(deps.database.db, attempt, () =>
    once(async (tx) => recordedAnswer(await recordDecision(tx, deps, proposed, principal))),
  );
  return recorded.status === null ? deliverDecision(deps, recorded) : recorded;
}
