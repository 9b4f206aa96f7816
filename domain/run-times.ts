/**
 * How long the parts of a run may take, in milliseconds. Workflows and activities are given these times, and the timeout of
 * a whole run is computed from them, so that it is longer than what runs inside it at every interval.
 */
export const RUN_PART_MS = {
  /** One read of a window, with its capture: 50,000 lines may come at once after an outage. */
  readAttempt: 150_000,
  /** One window with all its attempts. */
  readWindow: 200_000,
  /** One attempt at work on hundreds of rows. */
  batchAttempt: 180_000,
  /** The starts of up to a thousand workflows. */
  dispatch: 60_000,
  /** The wait until deposits have left `captured`. */
  awaitDeposits: 60_000,
  recordAttempt: 5_000,
  /** Sealing with all its attempts. */
  seal: 90_000,
  /** One step of a sweep with all its attempts. */
  sweepStep: 360_000,
} as const;

/** An account that is behind starts windows for at least so long in each run. */
const READING_MS_MIN = 60_000;
/** A sweep begins steps for so long; the next one does the rest. */
const SWEEPING_MS = 1_200_000;

/** What a poll may still do after it has begun its last window. */
const AFTER_LAST_WINDOW_MS =
  RUN_PART_MS.readWindow +
  RUN_PART_MS.batchAttempt +
  RUN_PART_MS.dispatch +
  RUN_PART_MS.awaitDeposits +
  RUN_PART_MS.batchAttempt +
  RUN_PART_MS.recordAttempt +
  RUN_PART_MS.seal;

/** The timeout of one run of a poll. It only ends a run that is stuck: while a run lasts, its Schedule skips. */
export function pollTimeoutMs(intervalSeconds: number): number {
  return Math.max(intervalSeconds * 800, AFTER_LAST_WINDOW_MS + READING_MS_MIN);
}

/** How long after its start a poll with this timeout may begin a further window; the next run reads the remaining ones. */
export function lastWindowStartsMs(timeoutMs: number | undefined): number {
  return timeoutMs === undefined ? READING_MS_MIN : Math.max(timeoutMs - AFTER_LAST_WINDOW_MS, 0);
}

/** The timeout of a sweep. */
export function sweepTimeoutMs(): number {
  return SWEEPING_MS + RUN_PART_MS.sweepStep + RUN_PART_MS.seal + RUN_PART_MS.recordAttempt;
}

/** How long after its start a sweep with this timeout may begin a further step. */
export function lastStepStartsMs(timeoutMs: number | undefined): number {
  return timeoutMs === undefined
    ? SWEEPING_MS
    : Math.max(timeoutMs - (sweepTimeoutMs() - SWEEPING_MS), 0);
}
