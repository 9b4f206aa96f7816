import { sql } from 'drizzle-orm';
import { bigint, customType, date, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { LocalDate } from '../../domain/local-date.ts';

/** Money in minor units, whole credits and sequences: always `bigint`, since a float would lose cents. */
export const whole = (name: string) => bigint(name, { mode: 'bigint' });

/** A row's own number, given by the database. */
export const rowId = (name: string) => bigint(name, { mode: 'bigint' }).generatedAlwaysAsIdentity();

/** A count; never money. */
export const count = (name: string) => integer(name);

/** A moment in time, as `Date`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** A calendar day of the bank, without a time zone. */
export const localDate = (name: string) => date(name, { mode: 'string' }).$type<LocalDate>();

/** One word of a closed list; a CHECK enforces the same list. */
export const oneOf = <Word extends string>(name: string) => text(name).$type<Word>();

/** Bytes exactly as they came. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
});

/** The number of the transaction that wrote a row, as decimal digits. */
export const transactionNumber = customType<{ data: string; driverData: string }>({
  dataType: () => 'xid8',
});

/** A set of row numbers, as Postgres writes multiranges. */
export const idSet = customType<{ data: string; driverData: string }>({
  dataType: () => 'int8multirange',
});

/** The transaction that wrote a row; the sealer follows their order. */
export const writtenBy = () => ({
  xid: transactionNumber('xid')
    .notNull()
    .default(sql`pg_current_xact_id()`),
});

/** What the trail keeps of a row's texts: their salted hash, which stays when they are erased. */
export const committed = () => ({
  salt: uuid('salt').default(sql`gen_random_uuid()`),
  commitment: bytes('commitment'),
});
