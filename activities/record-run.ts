import { heartbeat, sleep } from '@temporalio/activity';
import { countCaptured, finishRun, isRunGated } from '../db/queries/runs.ts';
import { announceAlerts } from './announce-alerts.ts';
import type { ActivityDependencies } from './dependencies.ts';

const LOOK_EVERY_MS = 100;

/**
 * Polls the table until every deposit of a run has left `captured`, or `atMostMs` have passed. Never waits for
 * workflows: a lost workflow must not delay the run.
 */
export async function awaitDeposits(
  dependencies: ActivityDependencies,
  input: { readonly runId: string; readonly atMostMs: number },
): Promise<{ readonly stillCaptured: number }> {
  const deadline = Date.now() + input.atMostMs;
  for (;;) {
    const stillCaptured = await countCaptured(dependencies.database, input.runId);
    if (stillCaptured === 0 || Date.now() >= deadline) return { stillCaptured };
    // Deposits behind a closed gate wait for a person, and no run waits for that.
    if (await isRunGated(dependencies.database, input.runId)) return { stillCaptured };
    heartbeat();
    await sleep(LOOK_EVERY_MS);
  }
}

/** Counts the outcomes of a run's deposits, closes the run and tells of new alerts. A repeat counts again. */
export async function recordRun(
  dependencies: ActivityDependencies,
  input: { readonly runId: string; readonly errorCode: string | null },
): Promise<{ readonly stillCaptured: number }> {
  const counts = await finishRun(dependencies.database, input);
  await announceAlerts(dependencies);
  return counts;
}
