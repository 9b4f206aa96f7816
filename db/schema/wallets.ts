import { sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { committed, instant, localDate, oneOf, rowId, whole, writtenBy } from './columns.ts';

export type CodeKind = 'checked' | 'legacy';
export type WalletStatus = 'open' | 'frozen' | 'closed';

export const rates = pgTable('rates', {
  version: integer('version').primaryKey(),
  minorPerCredit: whole('minor_per_credit').notNull(),
  effectiveFrom: localDate('effective_from').notNull(),
});

export const namedCodes = pgTable('named_codes', {
  id: rowId('id').primaryKey(),
  code: text('code').notNull(),
  namedBy: text('named_by').notNull(),
  namedAt: instant('named_at')
    .notNull()
    .default(sql`clock_timestamp()`),
  ...writtenBy(),
});

export const wallets = pgTable('wallets', {
  id: text('id').primaryKey(),
  code: text('code').notNull(),
  codeKind: oneOf<CodeKind>('code_kind').notNull().default('checked'),
  externalRef: text('external_ref'),
  name: text('name'),
  status: oneOf<WalletStatus>('status').notNull().default('open'),
  // The balances have defaults in the database only, and the application role may not write them.
  credits: whole('credits')
    .notNull()
    .default(sql`0`),
  prepaidMinor: whole('prepaid_minor')
    .notNull()
    .default(sql`0`),
  remainderMinor: whole('remainder_minor')
    .notNull()
    .default(sql`0`),
  receivableMinor: whole('receivable_minor')
    .notNull()
    .default(sql`0`),
  lastSeq: whole('last_seq')
    .notNull()
    .default(sql`0`),
  createdAt: instant('created_at').notNull().defaultNow(),
  createdBy: text('created_by'),
  ...committed(),
});
