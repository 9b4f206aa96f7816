import { boolean, integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import type { Evidence, HoldReason } from '../../domain/line/identity.ts';
import type { FeedKind } from '../../domain/line/sighting.ts';
import { committed, instant, localDate, oneOf, rowId, whole, writtenBy } from './columns.ts';

/** Booked lines. Written by `capture_lines` only, and never changed. */
export const lines = pgTable('lines', {
  id: rowId('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  keyScheme: smallint('key_scheme').notNull(),
  factsKey: text('facts_key').notNull(),
  occurrence: integer('occurrence').notNull(),
  transactionKey: text('transaction_key').notNull(),
  status: oneOf<'booked'>('status').notNull().default('booked'),
  bookingDate: localDate('booking_date').notNull(),
  valueDate: localDate('value_date'),
  /** Signed: credits > 0, debits < 0. */
  amountMinor: whole('amount_minor').notNull(),
  currency: text('currency').notNull(),
  reversal: boolean('reversal').notNull().default(false),
  references: text('references').array().notNull(),
  text: text('text').notNull(),
  counterpartyName: text('counterparty_name'),
  counterpartyAccount: text('counterparty_account'),
  capturedAt: instant('captured_at').notNull().defaultNow(),
  /** The source that showed it first. */
  source: text('source').notNull(),
  ...writtenBy(),
  ...committed(),
});

/** Shown, never credited; nothing in the ledger refers to them. */
export const pendingLines = pgTable(
  'pending_lines',
  {
    bankAccountKey: text('bank_account_key').notNull(),
    factsKey: text('facts_key').notNull(),
    occurrence: integer('occurrence').notNull(),
    bookingDate: localDate('booking_date').notNull(),
    amountMinor: whole('amount_minor').notNull(),
    currency: text('currency').notNull(),
    reference: text('reference'),
    seenAt: instant('seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.bankAccountKey, table.factsKey, table.occurrence] })],
);

export const sightings = pgTable('sightings', {
  id: rowId('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  /** Null while the sighting is held. */
  lineId: whole('line_id'),
  feed: oneOf<FeedKind>('feed').notNull(),
  /** The feed, or the file format. */
  source: text('source').notNull(),
  runId: text('run_id'),
  bankId: text('bank_id'),
  factsKey: text('facts_key').notNull(),
  bookingDate: localDate('booking_date').notNull(),
  amountMinor: whole('amount_minor').notNull(),
  reference: text('reference'),
  balanceMinor: whole('balance_minor'),
  batchId: text('batch_id'),
  batchMinor: whole('batch_minor'),
  evidence: oneOf<Evidence>('evidence'),
  heldReason: oneOf<HoldReason>('held_reason'),
  besideLineId: whole('beside_line_id'),
  heldReads: smallint('held_reads').notNull().default(0),
  seenAt: instant('seen_at').notNull().defaultNow(),
  endedAt: instant('ended_at'),
  ...writtenBy(),
  ...committed(),
});

/** Lines that move nothing by themselves. Written by `capture_lines` and `end_holds` only. */
export const lineHolds = pgTable('line_holds', {
  lineId: whole('line_id').primaryKey(),
  reason: oneOf<HoldReason>('reason').notNull(),
  besideLineId: whole('beside_line_id'),
  heldAt: instant('held_at').notNull().defaultNow(),
  endedAt: instant('ended_at'),
  endedAs: oneOf<'own' | 'same'>('ended_as'),
});

/** A known line that a poll of its whole day did not show, from the first run that missed it to the first that saw it again. */
export const lineAbsences = pgTable(
  'line_absences',
  {
    lineId: whole('line_id').notNull(),
    since: instant('since').notNull(),
    until: instant('until'),
  },
  (table) => [primaryKey({ columns: [table.lineId, table.since] })],
);
