import { addBusinessDays } from '../business-days.ts';
import { BUSINESS_TIME_ZONE, instantAt, localDateIn, type LocalDate } from '../local-date.ts';

/** Days of reminders, escalation and deadline of a review, in business days after its opening. */
export interface AgingPolicy {
  readonly remindDays: readonly number[];
  readonly escalateDays: number;
  readonly reviewDays: number;
}

/** The instants of one round of a review, as stored with it. */
export interface ReviewSchedule {
  readonly remindAt: readonly Date[];
  /** Null where the round does not escalate. */
  readonly escalateAt: Date | null;
  readonly dueAt: Date;
}

/** Days of the reminders of each round. */
export const REMIND_DAYS: readonly number[] = [1, 5, 15];

/** The progress of a round. */
export interface ReviewProgress {
  readonly remindersSent: number;
  readonly isEscalated: boolean;
}

/** The steps that are due: the total of reminders to have sent, and whether to escalate and to end the round. */
export interface DueSteps {
  readonly reminders: number;
  readonly escalates: boolean;
  readonly runsOut: boolean;
}

/**
 * Reminders go out at 09:00, deadlines end at 17:00. South Africa has kept UTC+2 all year since 1944, so an offset is enough
 * to make an instant of a time in {@link BUSINESS_TIME_ZONE}.
 */
const MORNING = 'T09:00:00+02:00';
const EVENING = 'T17:00:00+02:00';

/**
 * Plans a round that begins at `from`. Reminders and the escalation fall on the morning of their business day, the deadline
 * on the evening of its day; steps after the deadline are left out. `dueAt` replaces the policy's deadline.
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

/** The steps of a round that are due at `now`. Several missed reminders become one. */
export function dueSteps(schedule: ReviewSchedule, done: ReviewProgress, now: Date): DueSteps {
  const { remindAt, escalateAt, dueAt } = schedule;
  return {
    reminders: Math.max(done.remindersSent, remindAt.filter((at) => at <= now).length),
    escalates: !done.isEscalated && escalateAt !== null && escalateAt <= now,
    runsOut: dueAt <= now,
  };
}

/** The instant of the round's next step; its deadline if no other step is left. */
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

/** The end of a working day, at which reviews due that day run out. */
export function eveningOf(day: LocalDate): Date {
  return instantAt(day, EVENING);
}

function dayAfter(from: Date, days: number): LocalDate {
  return addBusinessDays(localDateIn(from, BUSINESS_TIME_ZONE), days);
}
