import { pgTable, text } from 'drizzle-orm/pg-core';
import { instant, oneOf, rowId, whole } from './columns.ts';

export const NOTIFICATION_KINDS = [
  'deposit_credited',
  'deposit_reversed',
  'deposit_corrected',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

export const notifications = pgTable('notifications', {
  id: rowId('id').primaryKey(),
  walletId: text('wallet_id').notNull(),
  depositId: text('deposit_id').notNull(),
  journalId: whole('journal_id').notNull(),
  kind: oneOf<NotificationKind>('kind').notNull(),
  amountMinor: whole('amount_minor').notNull(),
  credits: whole('credits').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  publishedAt: instant('published_at'),
  deliveredAt: instant('delivered_at'),
  readAt: instant('read_at'),
});
