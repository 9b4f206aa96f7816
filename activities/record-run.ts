import { heartbeat, log, sleep } from '@temporalio/activity';
import { countCaptured, finishRun, isRunGated } from '../db/queries/runs.ts';
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

/** Errors that stay until a person acts: `alert` in the log notifies one. */
const ALERTS: ReadonlySet<string> = new Set([
  'bank.unauthorized',
  'account.not_found',
  'config.invalid',
  'statement.proof_failed',
]);

/** Counts the outcomes of a run's deposits, closes the run and raises its alert. A repeat counts again. */
export async function recordRun(
  dependencies: ActivityDependencies,
  input: { readonly runId: string; readonly errorCode: string | null },
): Promise<{ readonly stillCaptured: number }> {
  const { errorCode, runId } = input;
  if (errorCode !== null && ALERTS.has(errorCode)) {
    log.error('this run needs a person', { alert: errorCode, runId });
  }
  return finishRun(dependencies.database, input);
}
