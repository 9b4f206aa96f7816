import { sql } from 'drizzle-orm';
import { integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import type { LedgerAccount } from '../../domain/settle.ts';
import { instant, localDate, oneOf, rowId, transactionNumber, whole } from './columns.ts';

export type JournalKind = 'capture' | 'credit' | 'return' | 'reversal';
/** All accounts of the ledger: those that `settle` moves and those that capture and reversal do. */
export type PostingAccount = LedgerAccount | 'bank' | 'bank_other' | 'wallet_receivable';

export const journals = pgTable('journals', {
  id: rowId('id').primaryKey(),
  kind: oneOf<JournalKind>('kind').notNull(),
  bankAccountKey: text('bank_account_key').notNull(),
  lineId: whole('line_id').notNull(),
  depositId: text('deposit_id'),
  decisionId: text('decision_id'),
  reversesId: whole('reverses_id'),
  rateVersion: integer('rate_version'),
  walletId: text('wallet_id'),
  walletSeq: whole('wallet_seq'),
  creditsAfter: whole('credits_after'),
  prepaidAfter: whole('prepaid_after'),
  remainderAfter: whole('remainder_after'),
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
    account: oneOf<PostingAccount>('account').notNull(),
    bankAccountKey: text('bank_account_key'),
    walletId: text('wallet_id'),
    unit: text('unit').notNull(),
    /** Debit > 0, credit < 0. */
    amount: whole('amount').notNull(),
  },
  (table) => [primaryKey({ columns: [table.journalId, table.leg] })],
);
