import { isCancellation, log, workflowInfo } from '@temporalio/workflow';
import { lastStepStartsMs } from '../domain/run-times.ts';
import { sweeping } from './activity-options.ts';
import type { SweepInput, SweepOutput } from './contract.ts';
import { badInput } from './read-input.ts';
import { sealAuditTrail } from './seal-audit.ts';

/** Tries the steps of one sweep. */
interface Steps {
  readonly missed: string[];
  /** Null if the step failed or there is no time for it: the next sweep tries it again. */
  readonly attempt: <T>(name: string, step: () => Promise<T>) => Promise<T | null>;
}

/**
 * Recovers lost work: deposits without a running workflow, decisions that nobody carried out, unpublished notifications.
 * Seals the audit trail. A step that fails does not stop those behind it.
 */
export async function sweep(input: SweepInput): Promise<SweepOutput> {
  if (typeof (input as Partial<SweepInput> | undefined)?.olderThanMs !== 'number')
    throw badInput('This workflow needs olderThanMs.');
  const steps = startSteps();
  const { attempt, missed } = steps;
  await attempt('deliverDecisions', () => sweeping.deliverDecisions(input));
  const plan = await attempt('planSweep', () => sweeping.planSweep(input));
  let settled = 0;
  // First, so that no deposit gets a workflow that the backlog lane credits.
  for (const accountKey of plan?.backlogged ?? []) {
    const done = await attempt('settleBacklog', () => sweeping.settleBacklog({ accountKey }));
    settled += done?.credited ?? 0;
  }
  const restarted = await attempt('restartLost', () => sweeping.restartLost(input));
  const imported = await attempt('importForgotten', () => sweeping.importForgotten(input));
  const published = await attempt('publishForgotten', () => sweeping.publishForgotten());
  await attempt('checkClaims', () => sweeping.checkClaims());
  for (const scope of plan?.gates ?? [])
    await attempt('drainGate', () => sweeping.drainGate({ scope }));
  const toFollow = plan?.toFollow ?? [];
  for (const accountKey of toFollow)
    await attempt('followUp', () => sweeping.followUp({ accountKey }));
  await attempt('wakeWaiting', () => sweeping.wakeWaiting({ followed: toFollow }));
  await sealAuditTrail();
  return {
    missed,
    settled,
    restarted: restarted?.restarted ?? 0,
    imported: imported?.imported ?? 0,
    published: published?.published ?? 0,
  };
}

function startSteps(): Steps {
  const { runStartTime, runTimeoutMs } = workflowInfo();
  const until = runStartTime.getTime() + lastStepStartsMs(runTimeoutMs);
  const missed: string[] = [];
  return {
    missed,
    attempt: async (name, step) => {
      try {
        // A history as long as the server allows ends here: what is left is the next sweep's.
        if (Date.now() < until && !workflowInfo().continueAsNewSuggested) return await step();
      } catch (error) {
        if (isCancellation(error)) throw error;
        log.warn('a step of the sweep failed; the next sweep tries it again', { subject: name });
      }
      missed.push(name);
      return null;
    },
  };
}
