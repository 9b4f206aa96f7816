import { describe, expect, it } from 'vitest';
import { dueSteps, scheduleReview } from '../../../domain/review/aging.ts';

const POLICY = { remindDays: [1, 5], escalateDays: 10, reviewDays: 20 };
/** Friday noon in Johannesburg. */
const OPENED = new Date('2026-11-20T10:00:00Z');
const PLANNED = scheduleReview(OPENED, POLICY);
const FIRST = new Date('2026-11-23T07:00:00Z');
const ESCALATED = new Date('2026-12-04T07:00:00Z');

const before = (at: Date) => new Date(at.getTime() - 1);

describe('a round of a review', () => {
  it('plans no reminder for the instant of its deadline', () => {
    expect(scheduleReview(OPENED, POLICY, FIRST).remindAt).toEqual([]);
    expect(scheduleReview(OPENED, POLICY, new Date(FIRST.getTime() + 1)).remindAt).toEqual([FIRST]);
  });

  it('plans no escalation for the instant of its deadline', () => {
    expect(scheduleReview(OPENED, POLICY, ESCALATED).escalateAt).toBeNull();
    const later = new Date(ESCALATED.getTime() + 1);
    expect(scheduleReview(OPENED, POLICY, later).escalateAt).toEqual(ESCALATED);
  });

  it('takes each step at its instant and not a moment sooner', () => {
    const fresh = { remindersSent: 0, isEscalated: false };
    expect(dueSteps(PLANNED, fresh, before(FIRST)).reminders).toBe(0);
    expect(dueSteps(PLANNED, fresh, FIRST).reminders).toBe(1);
    expect(dueSteps(PLANNED, fresh, before(ESCALATED)).escalates).toBe(false);
    expect(dueSteps(PLANNED, fresh, ESCALATED).escalates).toBe(true);
    expect(dueSteps(PLANNED, fresh, before(PLANNED.dueAt)).runsOut).toBe(false);
    expect(dueSteps(PLANNED, fresh, PLANNED.dueAt).runsOut).toBe(true);
  });

  it('escalates once, and never where no escalation was planned', () => {
    const done = { remindersSent: 2, isEscalated: true };
    expect(dueSteps(PLANNED, done, PLANNED.dueAt).escalates).toBe(false);
    const without = { ...PLANNED, escalateAt: null };
    const fresh = { remindersSent: 2, isEscalated: false };
    expect(dueSteps(without, fresh, PLANNED.dueAt).escalates).toBe(false);
  });
});
