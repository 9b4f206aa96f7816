import { sleep } from '@temporalio/workflow';
import { RUN_PART_MS } from '../domain/run-times.ts';
import { records } from './activity-options.ts';

/** The activity looks on its own for so long: most deposits are settled by then. */
const LOOK_MS_MAX = 1_000;
const PAUSE_MS_MAX = 8_000;

/**
 * Waits until the deposits of a run have left `captured`, at most a minute. It waits by timers, so that it holds no slot of
 * an activity meanwhile: a person's decision may need one.
 */
export async function awaitDeposits(runId: string): Promise<void> {
  const until = Date.now() + RUN_PART_MS.awaitDeposits;
  for (let pauseMs = 1_000; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
    const { stillCaptured, isGated } = await records.awaitDeposits({
      runId,
      atMostMs: LOOK_MS_MAX,
    });
    // Deposits behind a closed gate wait for a person, and no run waits for that.
    if (stillCaptured === 0 || isGated || Date.now() >= until) return;
    await sleep(pauseMs, { summary: 'Waits for the deposits of this run' });
  }
}
