import type { listWaitingDecisions } from '../db/queries/deposit-workflows.ts';
import type { ActivityDependencies } from './dependencies.ts';

export type WaitingDecision = Awaited<ReturnType<typeof listWaitingDecisions>>[number];

/**
 * Delivers an approved decision that nobody carried out: to the review of its deposit, else to a workflow of its own. A
 * workflow that has the decision ignores it.
 */
export async function deliverWaiting(
  dependencies: Pick<ActivityDependencies, 'deliverDecision' | 'startDecision'>,
  { decisionId, isInReview, ref }: WaitingDecision,
): Promise<void> {
  if (isInReview) await dependencies.deliverDecision(ref, decisionId);
  else {
    const { accountKey, depositId } = ref;
    await dependencies.startDecision({ accountKey, depositId, decisionId });
  }
}
