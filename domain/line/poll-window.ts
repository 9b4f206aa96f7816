import { invariant } from '../invariant.ts';
import { addDays, localDateIn, type LocalDate } from '../local-date.ts';

export interface PollWindowInput {
  readonly now: Date;
  /** The bank account's own zone, for example `Africa/Johannesburg`: a bank's day is a local day. */
  readonly timeZone: string;
  /** Days to read again before the first incomplete day, since banks post late and back-date. At least 0. */
  readonly overlapDays: number;
  /** The last day that was read after it had ended; null before the first run. */
  readonly lastCompleteDay: LocalDate | null;
  /** Most days in one window. It exceeds `overlapDays`, or a window far behind would never advance. */
  readonly maxDays: number;
}

/** Whole days to ask the bank for, both included. */
export interface PollWindow {
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** The `lastCompleteDay` once this window is captured. It never moves back. */
  readonly completeDay: LocalDate;
  /** True if the window reaches today; if not, the next window continues where this one ended. */
  readonly isCaughtUp: boolean;
}

/**
 * The next window: from `overlapDays` before the first day that is not complete, up to today.
 *
 * - Today is always read and never complete, since more lines can come; it becomes complete when it is read tomorrow.
 * - The first run (no complete day) reads as if yesterday were complete: older lines arrive in a statement file, since
 *   crediting a bank account's whole past is a decision, not a default.
 * - After a long outage the window is cut at `maxDays` and walks forward, overlap included, one window at a time.
 * - A clock that jumped back (complete day in the future) gives the usual window up to the clock's today.
 * - Days are counted on the calendar, not in hours, so a day of 23 or 25 hours is a day.
 */
export function pollWindow(input: PollWindowInput): PollWindow {
  const { overlapDays, maxDays } = input;
  invariant(
    Number.isInteger(overlapDays) && overlapDays >= 0,
    `The overlap is a whole number of days, 0 or more, found ${overlapDays}.`,
  );
  invariant(
    Number.isInteger(maxDays) && maxDays > overlapDays,
    `A window must be longer than its overlap of ${overlapDays} days, found ${maxDays}.`,
  );
  const today = localDateIn(input.now, input.timeZone);
  const yesterday = addDays(today, -1);
  const lastComplete = input.lastCompleteDay ?? yesterday;
  const firstOpen = earlier(addDays(lastComplete, 1), today);
  const from = addDays(firstOpen, -overlapDays);
  const to = earlier(addDays(from, maxDays - 1), today);
  const completeNow = earlier(to, yesterday);
  return {
    from,
    to,
    completeDay: completeNow > lastComplete ? completeNow : lastComplete,
    isCaughtUp: to === today,
  };
}

function earlier(a: LocalDate, b: LocalDate): LocalDate {
  return a < b ? a : b;
}
