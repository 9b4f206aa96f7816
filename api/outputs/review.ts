import { z } from 'zod';
import type { OpenReviewRow } from '../../db/queries/reviews-read.ts';
import { adviceFor, REVIEW_REASONS } from '../../domain/review/review-reasons.ts';
import {
  accountKey,
  day,
  depositId,
  instant,
  money,
  toInstant,
  toInstantOrNull,
  toMoney,
} from '../schemas/wire.ts';

/** Why a deposit waits, as a code and in words, and what to do. */
export const reviewReasonSchema = z.strictObject({
  reason: z.enum(REVIEW_REASONS),
  sentence: z.string(),
  nextStep: z.string(),
  candidates: z.array(z.string()).meta({ description: 'Customer codes that may be meant.' }),
});

const knownReason = z.enum(REVIEW_REASONS);

export function toReviewReason(
  reason: string,
  candidates: readonly string[],
): z.infer<typeof reviewReasonSchema> {
  const known = knownReason.parse(reason);
  return { reason: known, ...adviceFor(known), candidates: [...candidates] };
}

export const reviewSchema = reviewReasonSchema.extend({
  depositId,
  account: accountKey,
  amount: money,
  bookingDate: day,
  references: z.array(z.string()),
  counterpartyName: z.string().nullable(),
  openedAt: instant,
  dueAt: instant,
  overdueAt: instant.nullable().meta({ description: 'When its deadline last ran out.' }),
  escalatedAt: instant.nullable(),
  round: z.int().meta({ description: '1, and one more for each deadline that ran out.' }),
  assignee: z.string().nullable(),
  comments: z.int(),
});

export function toReview(row: OpenReviewRow): z.infer<typeof reviewSchema> {
  return {
    ...toReviewReason(row.review.reason, row.review.candidates),
    depositId: row.review.depositId,
    account: row.accountKey,
    amount: toMoney(row.amountMinor, row.currency),
    bookingDate: row.bookingDate,
    references: row.references,
    counterpartyName: row.counterpartyName,
    openedAt: toInstant(row.review.openedAt),
    dueAt: toInstant(row.review.dueAt),
    overdueAt: toInstantOrNull(row.review.overdueAt),
    escalatedAt: toInstantOrNull(row.review.escalatedAt),
    round: row.review.round,
    assignee: row.review.assignee,
    comments: row.comments,
  };
}
