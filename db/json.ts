import { sql, type SQL } from 'drizzle-orm';

/** An instant inside a JSON document of Postgres, as `Date.toISOString` prints it; null stays null. */
export function isoInstant(instant: SQL): SQL {
  return sql`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A value as a JSON document of Postgres carries it: whole numbers are digits, since JSON would round large ones. */
export type InJson<Value> = Value extends bigint
  ? string
  : Value extends string | number | boolean | null
    ? Value
    : { readonly [Key in keyof Value]: InJson<Value[Key]> };
