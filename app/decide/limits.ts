import type { Transaction } from '../../db/client.ts';
import {
  findFourEyesAbove,
  listAloneShares,
  lockPeople,
  sumDecidedToday,
} from '../../db/queries/decision-limits.ts';
import {
  addsUpAboveFourEyes,
  limitOf,
  needsApproval,
  type ApprovalPolicy,
  type DecisionPayload,
} from '../../domain/review/approval.ts';
import { CodedError } from '../../domain/errors.ts';
import { printAmount } from '../../domain/words/story-words.ts';

/**
 * True if a second person must approve what this person proposes: for its kind or amount, or because the credits that the
 * person decides alone for one customer would add up to more than one may decide. The person's other decisions wait until
 * the transaction ends. Of the limits in the settings and in the database the lower one counts.
 */
export async function needsSecond(
  tx: Transaction,
  approvals: ApprovalPolicy,
  payload: DecisionPayload,
  person: string,
): Promise<boolean> {
  const storedMinor = await findFourEyesAbove(tx);
  const { fourEyesAboveMinor } = approvals;
  const policy = {
    fourEyesAboveMinor: storedMinor < fourEyesAboveMinor ? storedMinor : fourEyesAboveMinor,
  };
  if (needsApproval(payload, policy) || limitOf(payload, approvals) === 'large') return true;
  if (payload.kind !== 'credit') return false;
  await lockPeople(tx, [person]);
  return addsUpAboveFourEyes(await listAloneShares(tx, person, payload.allocations), policy);
}

/**
 * Refuses a decision that would take one of these people over the daily limit. Their other decisions wait until the
 * transaction ends. A deposit above the limit by itself passes: two people decide it, or nobody ever could.
 * @throws CodedError `decision.limit_reached`
 */
export async function refuseAboveLimit(
  tx: Transaction,
  approvals: ApprovalPolicy,
  decision: Pick<DecisionPayload, 'kind' | 'amountMinor' | 'currency'>,
  people: readonly string[],
): Promise<void> {
  if (limitOf(decision, approvals) !== 'counted') return;
  const { currency } = decision;
  const { dailyLimitMinor } = approvals;
  await lockPeople(tx, people);
  for (const person of people) {
    const decidedMinor = await sumDecidedToday(tx, { person, currency, dailyLimitMinor });
    const sumMinor = decidedMinor + decision.amountMinor;
    if (sumMinor <= dailyLimitMinor) continue;
    const inWords = (minor: bigint) => printAmount(minor, currency);
    throw new CodedError(
      'decision.limit_reached',
      `This would raise the total of ${person} today to ${inWords(sumMinor)}; the limit is ${inWords(dailyLimitMinor)}.`,
    );
  }
}
