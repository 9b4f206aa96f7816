import { boolean, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { committed, count, instant, oneOf } from './columns.ts';

export type ApiKeyOwner = 'service' | 'person';

export const apiKeys = pgTable('api_keys', {
  id: text('id').primaryKey(),
  secretHash: text('secret_hash').notNull(),
  name: text('name').notNull(),
  ownerKind: oneOf<ApiKeyOwner>('owner_kind').notNull(),
  /** The person behind a person's key, who may have several keys; null for a service's key. */
  person: text('person'),
  /** Who calls, over all their keys: the person, or the name of the service. */
  caller: text('caller').notNull(),
  scopes: text('scopes').array().notNull(),
  /** Names of the bank accounts that a service's key is bound to; null for all. */
  boundAccounts: text('bound_accounts').array(),
  ownWallets: boolean('own_wallets').notNull().default(false),
  rotatedFrom: text('rotated_from'),
  createdAt: instant('created_at').notNull().defaultNow(),
  expiresAt: instant('expires_at'),
  revokedAt: instant('revoked_at'),
  lastUsedAt: instant('last_used_at'),
  ...committed(),
});

/** Saved answers: a repeated request gets the same answer and no second effect. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    principal: text('principal').notNull(),
    route: text('route').notNull(),
    key: text('key').notNull(),
    requestSha256: text('request_sha256').notNull(),
    /** Null while the first request is still being handled. */
    status: integer('status'),
    response: jsonb('response').$type<unknown>(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.principal, table.route, table.key] })],
);

/** How often each caller called lately, summed over the API processes. */
export const requestCounts = pgTable(
  'request_counts',
  {
    name: text('name').notNull(),
    windowStart: instant('window_start').notNull(),
    count: count('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.windowStart] })],
);
