import { pgTable, text } from 'drizzle-orm/pg-core';
import { committed, instant, localDate, oneOf, rowId, whole, writtenBy } from './columns.ts';

/** Payers that a person removed from payer memory. */
export const payerRevocations = pgTable('payer_revocations', {
  id: rowId('id').primaryKey(),
  walletId: text('wallet_id').notNull(),
  depositId: text('deposit_id').notNull(),
  revokedBy: text('revoked_by').notNull(),
  reason: text('reason').notNull(),
  revokedAt: instant('revoked_at').notNull().defaultNow(),
  ...writtenBy(),
  ...committed(),
});

export type ClaimState = 'open' | 'met' | 'expired' | 'withdrawn';

/** Payments that customers say they made. */
export const claims = pgTable('claims', {
  id: text('id').primaryKey(),
  walletId: text('wallet_id').notNull(),
  amountMinor: whole('amount_minor').notNull(),
  paidOn: localDate('paid_on').notNull(),
  proofRef: text('proof_ref'),
  state: oneOf<ClaimState>('state').notNull().default('open'),
  depositId: text('deposit_id'),
  madeBy: text('made_by').notNull(),
  madeAt: instant('made_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  endedAt: instant('ended_at'),
});
