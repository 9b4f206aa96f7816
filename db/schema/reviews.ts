import { sql } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';
import type { ReviewReason } from '../../domain/review/review-reasons.ts';
import { committed, count, instant, oneOf, rowId, writtenBy } from './columns.ts';

export const reviews = pgTable('reviews', {
  depositId: text('deposit_id').primaryKey(),
  reason: oneOf<ReviewReason>('reason').notNull(),
  candidates: text('candidates')
    .array()
    .notNull()
    .default(sql`'{}'`),
  openedAt: instant('opened_at').notNull().defaultNow(),
  dueAt: instant('due_at').notNull(),
  remindersSent: count('reminders_sent').notNull().default(0),
  overdueAt: instant('overdue_at'),
  closedAt: instant('closed_at'),
  round: count('round').notNull().default(1),
  remindAt: instant('remind_at')
    .array()
    .notNull()
    .default(sql`'{}'`),
  escalateAt: instant('escalate_at'),
  escalatedAt: instant('escalated_at'),
  assignee: text('assignee'),
});

export const reviewComments = pgTable('review_comments', {
  id: rowId('id').primaryKey(),
  depositId: text('deposit_id').notNull(),
  keyId: text('key_id').notNull(),
  person: text('person'),
  text: text('text').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  ...writtenBy(),
  ...committed(),
});
