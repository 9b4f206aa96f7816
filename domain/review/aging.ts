import { addBusinessDays } from '../business-days.ts';
import { instantAt, localDateIn, type LocalDate } from '../local-date.ts';

/** When people are reminded, when a review is escalated and when it runs out, in business days after its opening. */
export interface AgingPolicy {
  readonly remindDays: readonly number[];
  readonly escalateDays: number;
  readonly reviewDays: number;
}

/** The instants of one round of a review, as they are stored with it. */
export interface ReviewSchedule {
  readonly remindAt: readonly Date[];
  /** Null where the round does not escalate. */
  readonly escalateAt: Date | null;
  readonly dueAt: Date;
}

/** Days of the reminders of each round. */
export const REMIND_DAYS: readonly number[] = [1, 5, 15];

/** What became of a round so far. */
export interface ReviewProgress {
  readonly remindersSent: number;
  readonly isEscalated: boolean;
}

/** What is to be done by now: reminders sent in all, and whether to escalate and to end the round. */
export interface DueSteps {
  readonly reminders: number;
  readonly escalates: boolean;
  readonly runsOut: boolean;
}

/** South Africa has kept UTC+2 all year since 1944, so a time of its day is an instant without a table. */
const TIME_ZONE = 'Africa/Johannesburg';
/** People are told in the morning; a deadline is over when the working day is. */
const MORNING = 'T09:00:00+02:00';
const EVENING = 'T17:00:00+02:00';

/**
 * Plans a round that begins at `from`. Reminders and the escalation fall on the morning of their business day, the deadline
 * on the evening of its own; what would come after the deadline is left out. `dueAt` replaces the policy's deadline.
 */
export function scheduleReview(
  from: Date,
  policy: AgingPolicy,
  dueAt: Date = evening(from, policy.reviewDays),
): ReviewSchedule {
  const escalateAt = morning(from, policy.escalateDays);
  return {
    remindAt: policy.remindDays.map((days) => morning(from, days)).filter((at) => at < dueAt),
    escalateAt: escalateAt < dueAt ? escalateAt : null,
    dueAt,
  };
}

/** What a round's schedule asks for at `now`. Reminders that were missed together are one. */
export function dueSteps(schedule: ReviewSchedule, done: ReviewProgress, now: Date): DueSteps {
  const { remindAt, escalateAt, dueAt } = schedule;
  return {
    reminders: Math.max(done.remindersSent, remindAt.filter((at) => at <= now).length),
    escalates: !done.isEscalated && escalateAt !== null && escalateAt <= now,
    runsOut: dueAt <= now,
  };
}

/** The instant at which the round next asks for something; its deadline when nothing comes before. */
export function nextStepAt(schedule: ReviewSchedule, done: ReviewProgress): Date {
  const { remindAt, escalateAt, dueAt } = schedule;
  const ahead = [
    ...remindAt.slice(done.remindersSent, done.remindersSent + 1),
    ...(done.isEscalated || escalateAt === null ? [] : [escalateAt]),
  ];
  return ahead.reduce((first, at) => (at < first ? at : first), dueAt);
}

function morning(from: Date, days: number): Date {
  return instantAt(dayAfter(from, days), MORNING);
}

function evening(from: Date, days: number): Date {
  return eveningOf(dayAfter(from, days));
}

/** The end of a working day: the deadline of what is due on it. */
export function eveningOf(day: LocalDate): Date {
  return instantAt(day, EVENING);
}

function dayAfter(from: Date, days: number): LocalDate {
  return addBusinessDays(localDateIn(from, TIME_ZONE), days);
}
