import { integer, pgTable, smallint, text } from 'drizzle-orm/pg-core';
import type { DepositState } from '../../domain/ledger/deposit.ts';
import type { HoldReason } from '../../domain/line/identity.ts';
import { instant, localDate, oneOf, whole } from './columns.ts';

export type Lane = 'workflow' | 'backlog';

export const deposits = pgTable('deposits', {
  id: text('id').primaryKey(),
  lineId: whole('line_id').notNull(),
  bankAccountKey: text('bank_account_key').notNull(),
  transactionKey: text('transaction_key').notNull(),
  amountMinor: whole('amount_minor').notNull(),
  currency: text('currency').notNull(),
  bookingDate: localDate('booking_date').notNull(),
  state: oneOf<DepositState>('state').notNull().default('captured'),
  holdReason: oneOf<HoldReason>('hold_reason'),
  walletId: text('wallet_id'),
  lane: oneOf<Lane>('lane'),
  runId: text('run_id'),
  workflowRound: integer('workflow_round').notNull().default(1),
  dispatchedAt: instant('dispatched_at'),
  capturedAt: instant('captured_at').notNull().defaultNow(),
  settledAt: instant('settled_at'),
  generation: smallint('generation').notNull().default(0),
});
