import { describe, expect, it } from 'vitest';
import { REMIND_DAYS } from '../../../domain/review/aging.ts';
import {
  DECISION_KINDS,
  isDecidable,
  isOfReview,
  limitOf,
  waitsMs,
} from '../../../domain/review/approval.ts';

const STATES = ['captured', 'in_review', 'credited', 'returned', 'dismissed'];

describe('each kind of decision', () => {
  it.each([
    ['credit', ['in_review']],
    ['return', ['in_review']],
    ['dismiss', ['in_review']],
    ['keep', ['in_review']],
    ['correct', ['credited']],
    ['take_back', ['captured', 'in_review', 'credited']],
    ['pair', ['captured', 'in_review', 'credited']],
  ] as const)('lets %s a deposit only in the states %j', (kind, states) => {
    expect(STATES.filter((state) => isDecidable(kind, state))).toEqual(states);
  });

  it('belongs to the review, or has its own workflow, and counts against the limit where money goes out', () => {
    expect(DECISION_KINDS.filter(isOfReview)).toEqual(['credit', 'return', 'dismiss', 'keep']);
    const counted = DECISION_KINDS.filter(
      (kind) => limitOf({ kind, amountMinor: 1n }, { dailyLimitMinor: 1n }) === 'counted',
    );
    expect(counted).toEqual(['credit', 'return']);
  });

  it('waits whole hours for approval, with reminders after one, five and fifteen days', () => {
    expect(waitsMs({ approvalHours: 2 })).toBe(7_200_000);
    expect(REMIND_DAYS).toEqual([1, 5, 15]);
  });
});
