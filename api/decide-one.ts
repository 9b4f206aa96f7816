import type { Transaction } from '../db/client.ts';
import { keepingAttempts } from '../app/decide/approve.ts';
import type { DecisionBody } from './schemas/decision-body.ts';
import { recordDecision } from '../app/decide/propose.ts';
import { deliverDecision } from './deliver-decision.ts';
import type { ApiDeps, Principal } from './deps.ts';
import type { Answer, GivenAnswer } from './idempotency.ts';

/**
 * Takes one person's decision on one review: stores it once, through `once`, and hands it to its workflow where nobody
 * else must agree.
 * @throws CodedError whatever `recordDecision` and `deliverDecision` refuse
 */
export async function decideOne(
  deps: ApiDeps,
  principal: Principal,
  decision: { readonly depositId: string; readonly body: DecisionBody },
  once: (effect: (tx: Transaction) => Promise<Answer>) => Promise<GivenAnswer>,
): Promise<GivenAnswer> {
  const { depositId, body } = decision;
  const attempt = {
    what: 'proposal',
    subjectKind: 'deposit',
    subjectId: depositId,
    principal,
  } as const;
  const recorded = await keepingAttempts(deps, attempt, () =>
    once((tx) => recordDecision(tx, deps, { depositId, kind: body.kind, body }, principal)),
  );
  return recorded.status === null ? deliverDecision(deps, recorded) : recorded;
}
