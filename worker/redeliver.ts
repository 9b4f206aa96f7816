import { deliverWaiting } from '../activities/deliver-waiting.ts';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { listWaitingDecisions } from '../db/queries/deposit-workflows.ts';

/** A decision that is approved and not carried out for so long is delivered again. */
const STUCK_AFTER_MS = 60_000;
const LIMIT = 100;
const WAIT_MS_MAX = 3_600_000;

type Delivery = Pick<
  ActivityDependencies,
  'clock' | 'database' | 'deliverDecision' | 'startDecision'
>;

/**
 * Delivers approved decisions again that nobody carried out, each after a minute and then twice as late each time: a
 * message may be lost, and a workflow that is wedged must not be filled with them. A repeat changes nothing.
 */
export function createRedelivery(delivery: Delivery): () => Promise<void> {
  const { clock, database } = delivery;
  let tried = new Map<string, { readonly dueAt: number; readonly waitMs: number }>();
  return async () => {
    const now = clock().getTime();
    const stuck = await listWaitingDecisions(database, {
      olderThanMs: STUCK_AFTER_MS,
      limit: LIMIT,
    });
    const next: typeof tried = new Map();
    for (const decision of stuck) {
      const { decisionId } = decision;
      const before = tried.get(decisionId);
      if (before !== undefined && now < before.dueAt) {
        next.set(decisionId, before);
        continue;
      }
      await deliverWaiting(delivery, decision);
      const waitMs = Math.min(
        before === undefined ? STUCK_AFTER_MS : before.waitMs * 2,
        WAIT_MS_MAX,
      );
      next.set(decisionId, { dueAt: now + waitMs, waitMs });
    }
    tried = next;
  };
}
