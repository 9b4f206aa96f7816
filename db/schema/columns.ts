import { bigint, customType, date, integer, text, timestamp } from 'drizzle-orm/pg-core';
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
