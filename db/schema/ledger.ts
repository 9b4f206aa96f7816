import { sql } from 'drizzle-orm';
import { integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import type { JournalKind, LedgerAccount } from '../../domain/ledger/journal.ts';
import {
  committed,
  instant,
  localDate,
  oneOf,
  rowId,
  transactionNumber,
  whole,
} from './columns.ts';

export const journals = pgTable('journals', {
  id: rowId('id').primaryKey(),
  kind: oneOf<JournalKind>('kind').notNull(),
  bankAccountKey: text('bank_account_key'),
  lineId: whole('line_id'),
  depositId: text('deposit_id'),
  decisionId: text('decision_id'),
  part: smallint('part').notNull().default(0),
  generation: smallint('generation').notNull().default(0),
  reversesId: whole('reverses_id'),
  spendId: text('spend_id'),
  rateVersion: integer('rate_version'),
  walletId: text('wallet_id'),
  walletSeq: whole('wallet_seq'),
  creditsAfter: whole('credits_after'),
  prepaidAfter: whole('prepaid_after'),
  remainderAfter: whole('remainder_after'),
  receivableAfter: whole('receivable_after'),
  eventOn: localDate('event_on').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  xid: transactionNumber('xid')
    .notNull()
    .default(sql`pg_current_xact_id()`),
});

export const postings = pgTable(
  'postings',
  {
    journalId: whole('journal_id').notNull(),
    leg: smallint('leg').notNull(),
    account: oneOf<LedgerAccount>('account').notNull(),
    bankAccountKey: text('bank_account_key'),
    walletId: text('wallet_id'),
    unit: text('unit').notNull(),
    /** Debit > 0, credit < 0. */
    amount: whole('amount').notNull(),
  },
  (table) => [primaryKey({ columns: [table.journalId, table.leg] })],
);

/** Credits that a customer used; written with its journal. */
export const spends = pgTable('spends', {
  id: text('id').primaryKey(),
  walletId: text('wallet_id').notNull(),
  credits: whole('credits').notNull(),
  revenueMinor: whole('revenue_minor').notNull(),
  note: text('note'),
  spentBy: text('spent_by').notNull(),
  spentOn: localDate('spent_on').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  ...committed(),
});

/** Credits that may not be spent yet, whole or in part. Written by triggers only. */
export const creditHolds = pgTable('credit_holds', {
  id: rowId('id').primaryKey(),
  journalId: whole('journal_id').notNull(),
  reason: oneOf<'unconfirmed' | 'vanished'>('reason').notNull(),
  walletId: text('wallet_id').notNull(),
  bankAccountKey: text('bank_account_key').notNull(),
  lineId: whole('line_id').notNull(),
  heldMinor: whole('held_minor').notNull(),
  spendableMinor: whole('spendable_minor').notNull(),
  fromSeq: whole('from_seq').notNull(),
  untilSeq: whole('until_seq'),
  openedAt: instant('opened_at').notNull().defaultNow(),
  closedAt: instant('closed_at'),
  outcome: oneOf<'confirmed' | 'restored' | 'decided' | 'undone'>('outcome'),
});

export type ReversalState = 'waiting' | 'paired' | 'return_paid' | 'unpaired';

/** Debit lines by which the bank reverses a deposit or pays a return out. */
export const reversals = pgTable('reversals', {
  lineId: whole('line_id').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  state: oneOf<ReversalState>('state').notNull().default('waiting'),
  depositId: text('deposit_id'),
  chargesMinor: whole('charges_minor')
    .notNull()
    .default(sql`0`),
  candidates: text('candidates')
    .array()
    .notNull()
    .default(sql`'{}'`),
  foundAt: instant('found_at').notNull().defaultNow(),
  settledAt: instant('settled_at'),
});
