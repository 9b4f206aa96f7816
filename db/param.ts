import { sql, type SQL } from 'drizzle-orm';

/**
 * One array as one parameter; cast it in the statement: `${param(ids)}::text[]`. It is written as Postgres' own array
 * text, since the query builder would spread an array into many parameters, and the driver guesses the type of one from
 * its first element and gets booleans and dates wrong.
 */
export function param(values: readonly (string | number | boolean | null)[]): SQL {
  return sql`${arrayText(values)}`;
}

/** An array as Postgres writes it, `{a,"b c",NULL}`. */
export function arrayText(values: readonly (string | number | boolean | null)[]): string {
  return `{${values.map(arrayElement).join(',')}}`;
}

function arrayElement(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return String(value);
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
}
