import { heartbeat, sleep } from '@temporalio/activity';
import { addMissingRun, countCaptured, finishRun, isRunGated } from '../db/queries/runs.ts';
import type { RunKind } from '../db/schema/runs.ts';
import { announceAlerts } from './announce-alerts.ts';
import type { ActivityDependencies } from './dependencies.ts';

const LOOK_EVERY_MS = 100;

export interface AwaitDepositsOutput {
  readonly stillCaptured: number;
  /** A gate is closed: some of them wait for a person. */
  readonly isGated: boolean;
}

/**
 * Polls the table until every deposit of a run has left `captured`, or `atMostMs` have passed. Never waits for
 * workflows: a lost workflow must not delay the run.
 */
export async function awaitDeposits(
  { database }: Pick<ActivityDependencies, 'database'>,
  { runId, atMostMs }: { readonly runId: string; readonly atMostMs: number },
): Promise<AwaitDepositsOutput> {
  const deadline = Date.now() + atMostMs;
  for (;;) {
    const stillCaptured = await countCaptured(database, runId);
    if (stillCaptured === 0) return { stillCaptured, isGated: false };
    const isGated = await isRunGated(database, runId);
    if (isGated || Date.now() >= deadline) return { stillCaptured, isGated };
    heartbeat();
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * Counts the outcomes of a run's deposits, closes the run and tells of new alerts. A repeat counts again. With `of`, it
 * records a run that never began.
 */
export async function recordRun(
  dependencies: Pick<ActivityDependencies, 'database'>,
  input: {
    readonly runId: string;
    readonly errorCode: string | null;
    readonly of?: { readonly accountKey: string; readonly kind: RunKind };
  },
): Promise<{ readonly stillCaptured: number }> {
  const { database } = dependencies;
  const { runId, errorCode, of } = input;
  if (of !== undefined) await addMissingRun(database, { runId, ...of });
  const counts = await finishRun(database, { runId, errorCode });
  await announceAlerts(dependencies);
  return counts;
}
