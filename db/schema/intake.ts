import { pgTable, text } from 'drizzle-orm/pg-core';
import type { ProofLevel } from '../../domain/statement.ts';
import { bytes, count, instant, oneOf, rowId, whole } from './columns.ts';

export type BankEventOutcome = 'captured' | 'known' | 'held' | 'pointer' | 'pending' | 'unreadable';

/** Webhook events as they came, stored before they are acknowledged. */
export const bankEvents = pgTable('bank_events', {
  id: rowId('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  eventId: text('event_id').notNull(),
  body: bytes('body').notNull(),
  bodySha256: text('body_sha256').notNull(),
  receivedAt: instant('received_at').notNull().defaultNow(),
  handledAt: instant('handled_at'),
  outcome: oneOf<BankEventOutcome>('outcome'),
  errorCode: text('error_code'),
  depositId: text('deposit_id'),
});

export const statementFiles = pgTable('statement_files', {
  id: text('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  sha256: text('sha256').notNull(),
  body: bytes('body').notNull(),
  receivedAt: instant('received_at').notNull().defaultNow(),
});

export const statements = pgTable('statements', {
  id: rowId('id').primaryKey(),
  fileId: text('file_id').notNull(),
  position: count('position').notNull(),
  format: text('format').notNull(),
  statementId: text('statement_id'),
  openingMinor: whole('opening_minor'),
  closingMinor: whole('closing_minor'),
  proof: oneOf<ProofLevel>('proof').notNull(),
  differenceMinor: whole('difference_minor'),
  lineCount: count('line_count').notNull(),
  capturedAt: instant('captured_at').notNull().defaultNow(),
});
