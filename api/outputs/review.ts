import { z } from 'zod';
import { fromBesideJson } from '../../db/queries/beside-lines.ts';
import type { OpenReviewRow } from '../../db/queries/reviews-read.ts';
import { REVIEW_REASONS } from '../../domain/review/review-reasons.ts';
import { adviceFor } from '../../domain/words/review-advice.ts';
import { named } from '../schemas/named.ts';
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
import { besideLineSchema, toBesideLine } from './beside-line.ts';

export const reviewReason = z
  .enum(REVIEW_REASONS)
  .meta({ id: 'ReviewReason', description: 'Why a deposit is in review.' });

/** Why a deposit is in review, as a code and in words, and what to do next. */
export const reviewReasonSchema = z.strictObject({
  reason: reviewReason,
  sentence: z.string(),
  nextStep: z.string(),
  candidates: z
    .array(z.string())
    .meta({ description: 'Codes of the wallets that it may belong to, likeliest first.' }),
});

export function toReviewReason(
  reason: string,
  candidates: readonly string[],
): z.infer<typeof reviewReasonSchema> {
  const known = reviewReason.parse(reason);
  return { reason: known, ...adviceFor(known), candidates: [...candidates] };
}

/** The other line of a review, side by side. */
export const reviewBeside = besideLineSchema.nullable().meta({
  description:
    'The line that the deposit may be, while capture holds it; null where no single one is.',
});

export const reviewSchema = named(
  'Review',
  reviewReasonSchema.extend({
    shadowCode: z.string().nullable().meta({
      description: 'On an account on trial: the code that it would have been credited by.',
    }),
    beside: reviewBeside,
    depositId,
    account: accountKey,
    amount: money,
    bookingDate: day,
    references: z.array(z.string()),
    counterpartyName: z.string().nullable(),
    openedAt: instant,
    dueAt: instant,
    overdueAt: instant.nullable().meta({ description: 'When its deadline last passed.' }),
    escalatedAt: instant.nullable(),
    round: z.int().meta({ description: '1 plus the number of missed deadlines.' }),
    assignee: z.string().nullable(),
    comments: z.int(),
  }),
  {
    description: 'A deposit that waits for a person.',
    example: {
      reason: 'unknown_code',
      sentence: 'The reference names a customer code that no wallet has.',
      nextStep: 'Ask the payer for the right code, then credit that wallet or return the money.',
      candidates: ['CUS00005724'],
      shadowCode: null,
      beside: null,
      depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
      account: 'fnb-main',
      amount: { minor: '27500', currency: 'ZAR' },
      bookingDate: '2026-11-20',
      references: ['CUS00005742'],
      counterpartyName: 'T NKOSI',
      openedAt: '2026-11-20T08:15:02.000Z',
      dueAt: '2026-11-24T15:00:00.000Z',
      overdueAt: null,
      escalatedAt: null,
      round: 1,
      assignee: null,
      comments: 0,
    },
  },
);

/** @param suggested codes as `suggestCodes` gives them */
export function toReview(
  row: OpenReviewRow,
  suggested: readonly string[],
): z.infer<typeof reviewSchema> {
  const { candidates, reason } = row.review;
  return {
    ...toReviewReason(reason, suggested),
    shadowCode: reason === 'shadow' ? (candidates[0] ?? null) : null,
    beside: toBesideLine(fromBesideJson(row.beside)),
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
