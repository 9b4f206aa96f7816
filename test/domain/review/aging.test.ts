import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dueSteps,
  nextStepAt,
  scheduleReview,
  type AgingPolicy,
  type ReviewProgress,
} from '../../../domain/review/aging.ts';

const POLICY: AgingPolicy = { remindDays: [1, 5, 15], escalateDays: 10, reviewDays: 20 };
/** Friday noon in Johannesburg; 16 December is a holiday. */
const OPENED = new Date('2026-11-20T10:00:00Z');

describe('the schedule of a review', () => {
  it('reminds on mornings and ends on an evening of South African business days', () => {
    expect(scheduleReview(OPENED, POLICY)).toEqual({
      remindAt: [
        new Date('2026-11-23T07:00:00Z'),
        new Date('2026-11-27T07:00:00Z'),
        new Date('2026-12-11T07:00:00Z'),
      ],
      escalateAt: new Date('2026-12-04T07:00:00Z'),
      dueAt: new Date('2026-12-21T15:00:00Z'),
    });
  });

  it('counts from the day in Johannesburg, which begins two hours before the day in UTC', () => {
    const late = scheduleReview(new Date('2026-11-22T22:30:00Z'), POLICY);
    expect(late.remindAt[0]).toEqual(new Date('2026-11-24T07:00:00Z'));
  });

  it('leaves out what would come after the deadline', () => {
    const short = scheduleReview(OPENED, { ...POLICY, reviewDays: 3 });
    expect(short.remindAt).toHaveLength(1);
    expect(short.escalateAt).toBeNull();
    const soon = new Date('2026-11-28T10:00:00Z');
    expect(scheduleReview(OPENED, POLICY, soon)).toMatchObject({ escalateAt: null, dueAt: soon });
  });
});

describe('a round of a review', () => {
  const schedule = scheduleReview(OPENED, POLICY);
  const fresh: ReviewProgress = { remindersSent: 0, isEscalated: false };

  it('starts with its first reminder, and stops at its end', () => {
    expect(nextStepAt(schedule, fresh)).toEqual(new Date('2026-11-23T07:00:00Z'));
    expect(nextStepAt(schedule, { remindersSent: 2, isEscalated: false })).toEqual(
      new Date('2026-12-04T07:00:00Z'),
    );
    expect(nextStepAt(schedule, { remindersSent: 3, isEscalated: true })).toEqual(schedule.dueAt);
  });

  it('sends everything that was missed at once, with one reminder', () => {
    const late = dueSteps(schedule, fresh, new Date('2026-12-05T00:00:00Z'));
    expect(late).toEqual({ reminders: 2, escalates: true, runsOut: false });
    const end = dueSteps(schedule, fresh, schedule.dueAt);
    expect(end).toEqual({ reminders: 3, escalates: true, runsOut: true });
  });

  it('never repeats a step, and always reaches its end', () => {
    const policies = fc.record({
      remindDays: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }).map(sorted),
      escalateDays: fc.integer({ min: 1, max: 30 }),
      reviewDays: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(policies, fc.integer({ min: 0, max: 700 }), (policy, days) => {
        const from = new Date(OPENED.getTime() + days * 86_400_000);
        const round = scheduleReview(from, policy);
        let done = fresh;
        for (let steps = 0; steps < 20; steps += 1) {
          const at = nextStepAt(round, done);
          const due = dueSteps(round, done, at);
          if (due.runsOut) return;
          expect(due.reminders > done.remindersSent || due.escalates).toBe(true);
          done = {
            remindersSent: due.reminders,
            isEscalated: done.isEscalated || due.escalates,
          };
        }
        throw new Error('The round does not end.');
      }),
    );
  });
});

function sorted(days: readonly number[]): readonly number[] {
  return days.toSorted((a, b) => a - b);
}
