import { sql } from 'drizzle-orm';
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { ProofLevel } from '../../domain/line/statement.ts';
import {
  bytes,
  committed,
  count,
  instant,
  localDate,
  oneOf,
  rowId,
  whole,
  writtenBy,
} from './columns.ts';

export type BankEventOutcome =
  'captured' | 'known' | 'held' | 'pointer' | 'pending' | 'reversal' | 'unreadable';

/** What proves a statement: its own balances, or that it continues a statement or the ledger exactly. */
export type ProvedBy = 'itself' | 'statement' | 'ledger';

/** Webhook events as received, stored before they are acknowledged. */
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
  /** The facts that the event showed; a story uses them to list its deliveries among the appearances of a line. */
  factsKey: text('facts_key'),
  bankId: text('bank_id'),
  repeatedAt: timestamp('repeated_at', { withTimezone: true, mode: 'string' })
    .array()
    .notNull()
    .default(sql`'{}'`),
  ...writtenBy(),
  ...committed(),
});

/** Rows of a bank's answer that cannot be read exactly; each waits for a person as a case. */
export const quarantinedRows = pgTable('quarantined_rows', {
  id: rowId('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  source: text('source').notNull(),
  digest: text('digest').notNull(),
  occurrence: count('occurrence').notNull(),
  position: text('position').notNull(),
  field: text('field'),
  why: text('why').notNull(),
  raw: text('raw').notNull(),
  dayFrom: localDate('day_from').notNull(),
  dayTo: localDate('day_to').notNull(),
  firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
  runId: text('run_id').notNull(),
});

/** Fields of a bank's answers that nobody reads. */
export const unknownFields = pgTable(
  'unknown_fields',
  {
    bankAccountKey: text('bank_account_key').notNull(),
    name: text('name').notNull(),
    firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
    lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.bankAccountKey, table.name] })],
);

export type StatementFileState = 'received' | 'reading' | 'held' | 'captured' | 'refused';

export const statementFiles = pgTable('statement_files', {
  id: text('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  sha256: text('sha256').notNull(),
  receivedAt: instant('received_at').notNull().defaultNow(),
  bytes: whole('bytes')
    .notNull()
    .default(sql`0`),
  state: oneOf<StatementFileState>('state').notNull(),
  formatAsked: text('format_asked'),
  /** The account number that the person expects in the file. */
  accountNumber: text('account_number'),
  acceptsOpenEnd: boolean('accepts_open_end').notNull().default(false),
  /** A CSV layout that the operator declared. */
  profile: jsonb('profile'),
  format: text('format'),
  errorCode: text('error_code'),
  errorWhere: text('error_where'),
  linesRead: count('lines_read').notNull().default(0),
  linesNew: count('lines_new').notNull().default(0),
  runId: text('run_id'),
  releasedBy: text('released_by'),
  releaseReason: text('release_reason'),
  releasedAt: instant('released_at'),
});

export const statementFileChunks = pgTable(
  'statement_file_chunks',
  {
    fileId: text('file_id').notNull(),
    seq: integer('seq').notNull(),
    body: bytes('body').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fileId, table.seq] })],
);

export type StatementState = 'captured' | 'held' | 'released' | 'copy';
export type Continuity = 'first' | 'follows' | 'gap' | 'overlap' | 'repeat' | 'unknown';

export const statements = pgTable('statements', {
  id: rowId('id').primaryKey(),
  fileId: text('file_id').notNull(),
  position: count('position').notNull(),
  format: text('format').notNull(),
  statementId: text('statement_id'),
  openingMinor: whole('opening_minor'),
  closingMinor: whole('closing_minor'),
  wholeUntil: localDate('whole_until'),
  closingOn: localDate('closing_on'),
  shownAfterMinor: whole('shown_after_minor').notNull().default(0n),
  proof: oneOf<ProofLevel>('proof').notNull(),
  differenceMinor: whole('difference_minor'),
  provedBy: oneOf<ProvedBy>('proved_by'),
  lineCount: count('line_count').notNull(),
  bookedMinor: whole('booked_minor')
    .notNull()
    .default(sql`0`),
  firstBookedDay: localDate('first_booked_day'),
  lastBookedDay: localDate('last_booked_day'),
  runId: text('run_id'),
  capturedAt: instant('captured_at').notNull().defaultNow(),
  account: text('account'),
  firstDay: localDate('first_day'),
  lastDay: localDate('last_day'),
  continuity: oneOf<Continuity>('continuity'),
  continuityDifferenceMinor: whole('continuity_difference_minor'),
  state: oneOf<StatementState>('state').notNull(),
  linesNew: count('lines_new').notNull().default(0),
  ...writtenBy(),
  ...committed(),
});
