import { sql } from 'drizzle-orm';
import { boolean, pgTable, text } from 'drizzle-orm/pg-core';
import { count, instant, localDate, oneOf, whole } from './columns.ts';

export type RunKind = 'poll' | 'import';
export type RunOutcome = 'completed' | 'waiting' | 'failed';

export const runs = pgTable('runs', {
  id: text('id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  kind: oneOf<RunKind>('kind').notNull(),
  startedAt: instant('started_at').notNull().defaultNow(),
  finishedAt: instant('finished_at'),
  outcome: oneOf<RunOutcome>('outcome'),
  errorCode: text('error_code'),
  errorDetail: text('error_detail'),
  windowFrom: localDate('window_from'),
  windowTo: localDate('window_to'),
  linesSeen: count('lines_seen').notNull().default(0),
  linesNew: count('lines_new').notNull().default(0),
  held: count('held').notNull().default(0),
  rowsWaiting: count('rows_waiting').notNull().default(0),
  rowsQuarantined: count('rows_quarantined').notNull().default(0),
  warnings: text('warnings')
    .array()
    .notNull()
    .default(sql`'{}'`),
  balanceGap: boolean('balance_gap').notNull().default(false),
  depositsNew: count('deposits_new').notNull().default(0),
  creditedCount: count('credited_count').notNull().default(0),
  creditedMinor: whole('credited_minor')
    .notNull()
    .default(sql`0`),
  credits: whole('credits')
    .notNull()
    .default(sql`0`),
  reviewCount: count('review_count').notNull().default(0),
  reviewMinor: whole('review_minor')
    .notNull()
    .default(sql`0`),
});
