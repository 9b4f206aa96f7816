import { sql, type SQL } from 'drizzle-orm';
import { invariant } from '../domain/invariant.ts';

/**
 * One array as one parameter; cast it in the statement: `${param(ids)}::text[]`. The value is Postgres array text,
 * since the query builder would spread an array into many parameters, and the driver guesses the array's type from its
 * first element and gets booleans and dates wrong.
 */
export function param(values: readonly (string | number | boolean | null)[]): SQL {
  return sql`${arrayText(values)}`;
}

/**
 * A list of code words as literals, for `state in ${literals(…)}`: the planner can use a partial index for a condition
 * in the statement, but not for a parameter.
 */
export function literals(words: readonly string[]): SQL {
  invariant(
    words.every((word) => /^[a-z_]+$/.test(word)),
    'A literal must be a lower-case word.',
  );
  return sql.raw(`(${words.map((word) => `'${word}'`).join(', ')})`);
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
