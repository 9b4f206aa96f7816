import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { AlertKind } from '../../domain/words/alert-words.ts';
import { count, instant, oneOf, rowId } from './columns.ts';

/** What a person must know, with its history. */
export const alerts = pgTable('alerts', {
  id: rowId('id').primaryKey(),
  kind: oneOf<AlertKind>('kind').notNull(),
  subject: text('subject').notNull(),
  accountKey: text('bank_account_key'),
  code: text('code'),
  example: text('example'),
  count: count('count').notNull(),
  firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
  announcedAt: instant('announced_at'),
  announcedCount: count('announced_count'),
  clearedAt: instant('cleared_at'),
});

/** Signs of life of workers. */
export const serviceBeats = pgTable('service_beats', {
  service: oneOf<'worker'>('service').primaryKey(),
  beatAt: instant('beat_at').notNull().defaultNow(),
  pollIntervalS: count('poll_interval_s').notNull(),
});

/** Conditions that only Temporal states, as a worker found them last. */
export const serviceReports = pgTable(
  'service_reports',
  {
    kind: oneOf<AlertKind>('kind').notNull(),
    subject: text('subject').notNull(),
    accountKey: text('bank_account_key'),
    example: text('example'),
    count: count('count').notNull(),
    reportedAt: instant('reported_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.subject] })],
);

/** How many webhooks of an account were refused in an hour. */
export const webhookRefusals = pgTable(
  'webhook_refusals',
  {
    accountKey: text('bank_account_key').notNull(),
    hour: instant('hour').notNull(),
    code: text('code').notNull(),
    count: count('count').notNull(),
    lastAt: instant('last_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountKey, table.hour, table.code] })],
);

/** Each run of `purser verify`. */
export const verifications = pgTable('verifications', {
  id: rowId('id').primaryKey(),
  ranAt: instant('ran_at').notNull().defaultNow(),
  broken: text('broken').array().notNull(),
});
