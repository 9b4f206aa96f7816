import { boolean, jsonb, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import type {
  DecisionKind,
  DecisionOutcome,
  DecisionState,
  PayerDetails,
} from '../../domain/review/approval.ts';
import { instant, localDate, oneOf, whole } from './columns.ts';

export const approvalLimits = pgTable('approval_limits', {
  kind: oneOf<'credit'>('kind').primaryKey(),
  aboveMinor: whole('above_minor').notNull(),
});

export const decisions = pgTable('decisions', {
  id: text('id').primaryKey(),
  depositId: text('deposit_id').notNull(),
  kind: oneOf<DecisionKind>('kind').notNull(),
  reason: text('reason').notNull(),
  proposedBy: text('proposed_by'),
  proposedAt: instant('proposed_at').notNull().defaultNow(),
  outcome: oneOf<DecisionOutcome>('outcome'),
  refusal: text('refusal'),
  appliedAt: instant('applied_at'),
  state: oneOf<DecisionState>('state').notNull(),
  amountMinor: whole('amount_minor').notNull(),
  currency: text('currency').notNull(),
  keepUntil: localDate('keep_until'),
  payer: jsonb('payer').$type<PayerDetails>(),
  payloadSha256: text('payload_sha256'),
  needsApproval: boolean('needs_approval').notNull(),
  proposedPerson: text('proposed_person').notNull(),
  expiresAt: instant('expires_at'),
  payerBy: text('payer_by'),
  payerPerson: text('payer_person'),
  payerAt: instant('payer_at'),
  approvedBy: text('approved_by'),
  approvedPerson: text('approved_person'),
  approvedAt: instant('approved_at'),
  approvedSha256: text('approved_sha256'),
  rejectedBy: text('rejected_by'),
  rejectedPerson: text('rejected_person'),
  rejectedAt: instant('rejected_at'),
  rejectedBecause: text('rejected_because'),
  lineId: whole('line_id'),
});

export const decisionAllocations = pgTable(
  'decision_allocations',
  {
    decisionId: text('decision_id').notNull(),
    part: smallint('part').notNull(),
    walletId: text('wallet_id').notNull(),
    amountMinor: whole('amount_minor').notNull(),
  },
  (table) => [primaryKey({ columns: [table.decisionId, table.part] })],
);

export const returnExports = pgTable('return_exports', {
  id: text('id').primaryKey(),
  takenBy: text('taken_by').notNull(),
  takenAt: instant('taken_at').notNull().defaultNow(),
});

export const returnExportItems = pgTable('return_export_items', {
  exportId: text('export_id').notNull(),
  decisionId: text('decision_id').primaryKey(),
});
