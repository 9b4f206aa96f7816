import { pgTable, text } from 'drizzle-orm/pg-core';
import { count, instant, localDate, oneOf, rowId, whole, writtenBy } from './columns.ts';

export type GateCause = 'operator' | 'proof_failed' | 'balance_differs';

/** Stops and resumes crediting for one account, or for all (`*`). */
export const gates = pgTable('gates', {
  scope: text('scope').primaryKey(),
  state: oneOf<'open' | 'closed'>('state').notNull(),
  cause: oneOf<GateCause>('cause').notNull(),
  reason: text('reason').notNull(),
  changedBy: text('changed_by'),
  changedAt: instant('changed_at').notNull().defaultNow(),
  drainedAt: instant('drained_at'),
});

/** Comparisons of ledger and bank, each at one moment of a day. */
export const dayProofs = pgTable('day_proofs', {
  id: rowId('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  day: localDate('day').notNull(),
  source: oneOf<'statement' | 'api'>('source').notNull(),
  moment: oneOf<'end_of_day' | 'last_line' | 'now'>('moment').notNull(),
  statementId: whole('statement_id'),
  openingOn: localDate('opening_on').notNull(),
  openingMinor: whole('opening_minor').notNull(),
  bankMinor: whole('bank_minor').notNull(),
  ledgerMinor: whole('ledger_minor').notNull(),
  differenceMinor: whole('difference_minor').notNull(),
  suspenseMinor: whole('suspense_minor').notNull(),
  openMinor: whole('open_minor').notNull(),
  openCount: count('open_count').notNull(),
  takenAt: instant('taken_at').notNull().defaultNow(),
  ...writtenBy(),
});

export const LINE_CASE_KINDS = [
  'line_vanished',
  'amount_changed',
  'reversal_unpaired',
  'row_unreadable',
] as const;
export type LineCaseKind = (typeof LINE_CASE_KINDS)[number];

/** Changes that the bank made to a line after its capture, and rows that cannot be read. */
export const lineCases = pgTable('line_cases', {
  id: rowId('id').primaryKey(),
  kind: oneOf<LineCaseKind>('kind').notNull(),
  /** Null for `row_unreadable`. */
  lineId: whole('line_id'),
  rowId: whole('row_id'),
  otherId: whole('other_id'),
  openedAt: instant('opened_at').notNull().defaultNow(),
  closedAt: instant('closed_at'),
  outcome: oneOf<'restored' | 'settled' | 'decided'>('outcome'),
  closedBy: text('closed_by'),
  note: text('note'),
});
