import { sql } from 'drizzle-orm';
import { jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import {
  bytes,
  committed,
  idSet,
  instant,
  oneOf,
  rowId,
  transactionNumber,
  whole,
} from './columns.ts';

export type ActorKind = 'person' | 'service' | 'workflow' | 'system';

const fromSetting = (name: string) => sql.raw(`nullif(current_setting('${name}', true), '')`);

/** The audit trail: actor, change, time and reason. A row is written with its change and never changed. */
export const auditEvents = pgTable('audit_events', {
  id: rowId('id').primaryKey(),
  /** Seals follow the order of transactions. */
  xid: transactionNumber('xid')
    .notNull()
    .default(sql`pg_current_xact_id()`),
  happenedAt: instant('happened_at').notNull().defaultNow(),
  actorKind: oneOf<ActorKind>('actor_kind').notNull().default(fromSetting('purser.actor_kind')),
  actorKey: text('actor_key').default(fromSetting('purser.actor_key')),
  actorPerson: text('actor_person').default(fromSetting('purser.actor_person')),
  /** The database login. */
  login: text('login')
    .notNull()
    .default(sql`session_user`),
  action: text('action').notNull(),
  subjectKind: text('subject_kind').notNull(),
  subjectId: text('subject_id').notNull(),
  before: jsonb('before').$type<unknown>(),
  after: jsonb('after').$type<unknown>(),
  why: text('why').default(fromSetting('purser.why')),
  ...committed(),
});

/** The chain over the trail, the ledger and what the banks said, a link for each batch: each hash covers the one before it. */
export const auditSeals = pgTable('audit_seals', {
  seq: whole('seq').primaryKey(),
  eventIds: idSet('event_ids').notNull(),
  /** By table: `ids`, `rows` and `sha256`. */
  contents: jsonb('contents').$type<unknown>().notNull(),
  prev: bytes('prev').notNull(),
  hash: bytes('hash').notNull(),
  sealedAt: instant('sealed_at').notNull().defaultNow(),
  untilXid: transactionNumber('until_xid').notNull(),
  tops: jsonb('tops').$type<Readonly<Record<string, string>>>().notNull(),
  floors: jsonb('floors').$type<Readonly<Record<string, string>>>().notNull(),
});
