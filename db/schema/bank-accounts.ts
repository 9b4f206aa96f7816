import { sql } from 'drizzle-orm';
import { boolean, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { FeedProtocol } from '../../domain/line/feed-protocols.ts';
import type { AccountMode } from '../../domain/review/owner.ts';
import { committed, instant, localDate, oneOf, whole } from './columns.ts';

/** The policy for a failed proof: `hold` waits for a person; `warn` captures and reports it. */
export type ProofPolicy = 'hold' | 'warn';

/** The policy for a bank balance that differs from the ledger: alert only, or alert and pause crediting. */
export type BalancePolicy = 'alert' | 'close_gate';

/**
 * The policy for a payer that people confirmed for another customer than the code names: credit by code, or send to
 * review.
 */
export type PayerConflict = 'credit' | 'review';

export const bankAccounts = pgTable('bank_accounts', {
  key: text('key').primaryKey(),
  bankName: text('bank_name').notNull(),
  currency: text('currency').notNull(),
  timeZone: text('time_zone').notNull(),
  feed: oneOf<FeedProtocol>('feed'),
  apiUrl: text('api_url'),
  bankAccountId: text('bank_account_id'),
  apiKeyEnv: text('api_key_env'),
  webhookSecretEnv: text('webhook_secret_env'),
  statementAccount: text('statement_account'),
  pollEnabled: boolean('poll_enabled').notNull().default(true),
  /** Checked when it is read: `parseFieldMap`. */
  fieldMap: jsonb('field_map'),
  amounts: oneOf<'signed' | 'unsigned'>('amounts').notNull().default('signed'),
  webhookSignature: oneOf<'standard' | 'hex'>('webhook_signature').notNull().default('standard'),
  webhookSignatureHeader: text('webhook_signature_header').notNull().default('x-signature'),
  webhookTimestampHeader: text('webhook_timestamp_header'),
  webhookTrust: oneOf<'credit' | 'hint'>('webhook_trust').notNull().default('credit'),
  repeatedBatch: oneOf<'hold' | 'credit'>('repeated_batch').notNull().default('hold'),
  unknownFields: oneOf<'record' | 'refuse'>('unknown_fields').notNull().default('record'),
  consentEndsOn: localDate('consent_ends_on'),
  webhookSpendableMinor: whole('webhook_spendable_minor')
    .notNull()
    .default(sql`100000`),
  webhookSpendableHourMinor: whole('webhook_spendable_hour_minor')
    .notNull()
    .default(sql`2000000`),
  proofPolicy: oneOf<ProofPolicy>('proof_policy').notNull().default('hold'),
  /** What entries of a part that a file calls provisional count as. */
  provisional: oneOf<'pending' | 'booked'>('provisional').notNull().default('pending'),
  openingMinor: whole('opening_minor'),
  openingOn: localDate('opening_on'),
  payerConflict: oneOf<PayerConflict>('payer_conflict').notNull().default('credit'),
  balancePolicy: oneOf<BalancePolicy>('balance_policy').notNull().default('alert'),
  reversalsReadTo: whole('reversals_read_to')
    .notNull()
    .default(sql`0`),
  /** The largest amount that Purser credits without a person; null for any. */
  amountLimitMinor: whole('amount_limit_minor'),
  /** `shadow`: nothing is credited automatically; a person decides each deposit. */
  mode: oneOf<AccountMode>('mode').notNull().default('live'),
  lastCompleteDay: localDate('last_complete_day'),
  /** Since when a person has stopped its reading; null while it is read. */
  pausedAt: instant('paused_at'),
  pausedBecause: text('paused_because'),
  createdAt: instant('created_at').notNull().defaultNow(),
  ...committed(),
});

/** What people call an account: its key, and later names. */
export const bankAccountNames = pgTable('bank_account_names', {
  name: text('name').primaryKey(),
  bankAccountKey: text('bank_account_key').notNull(),
  givenAt: instant('given_at').notNull().defaultNow(),
});

/** What the bank calls an account: ids in the API, the number in statement files. */
export const bankAccountNumbers = pgTable(
  'bank_account_numbers',
  {
    number: text('number').notNull(),
    currency: text('currency').notNull(),
    bankAccountKey: text('bank_account_key').notNull(),
    kind: oneOf<'api' | 'statement'>('kind').notNull(),
    firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
    provedAt: instant('proved_at'),
  },
  (table) => [primaryKey({ columns: [table.number, table.currency] })],
);
