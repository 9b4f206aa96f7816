import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastStepStartsMs,
  lastWindowStartsMs,
  pollTimeoutMs,
  RUN_PART_MS,
  sweepTimeoutMs,
} from '../../domain/run-times.ts';

const MINUTE_MS = 60_000;
/** Every value that POLL_INTERVAL_SECONDS takes. */
const interval = fc.integer({ min: 10, max: 3_600 });

describe('the timeout of a poll', () => {
  it('exceeds all that runs inside it, at every interval', () => {
    fc.assert(
      fc.property(interval, (seconds) => {
        const timeoutMs = pollTimeoutMs(seconds);
        const inside =
          lastWindowStartsMs(timeoutMs) +
          RUN_PART_MS.readWindow +
          RUN_PART_MS.batchAttempt * 2 +
          RUN_PART_MS.dispatch +
          RUN_PART_MS.awaitDeposits +
          RUN_PART_MS.recordAttempt +
          RUN_PART_MS.seal;
        expect(inside).toBeLessThanOrEqual(timeoutMs);
        expect(RUN_PART_MS.awaitDeposits + RUN_PART_MS.readWindow).toBeLessThan(timeoutMs);
      }),
    );
  });

  it('lets an account that is behind start windows for a minute at least, and longer at long intervals', () => {
    fc.assert(
      fc.property(interval, (seconds) => {
        expect(lastWindowStartsMs(pollTimeoutMs(seconds))).toBeGreaterThanOrEqual(MINUTE_MS);
      }),
    );
    expect(lastWindowStartsMs(pollTimeoutMs(3_600))).toBeGreaterThan(30 * MINUTE_MS);
  });

  it('leaves room for one window when somebody starts a poll with a timeout of their own, or without one', () => {
    expect(lastWindowStartsMs(1_000)).toBe(0);
    expect(lastWindowStartsMs(undefined)).toBe(MINUTE_MS);
  });
});

describe('the timeout of a sweep', () => {
  it('exceeds its last step and the sealing behind it', () => {
    const last = lastStepStartsMs(sweepTimeoutMs());
    expect(last).toBeGreaterThan(10 * MINUTE_MS);
    expect(last + RUN_PART_MS.sweepStep + RUN_PART_MS.seal).toBeLessThan(sweepTimeoutMs());
    expect(lastStepStartsMs(undefined)).toBe(last);
  });
});

describe('an attempt at a step', () => {
  it('fits into the time that the step has with all its attempts', () => {
    expect(RUN_PART_MS.readAttempt).toBeLessThan(RUN_PART_MS.readWindow);
    expect(RUN_PART_MS.batchAttempt).toBeLessThan(RUN_PART_MS.sweepStep);
  });
});
