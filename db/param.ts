import { sql, type SQL } from 'drizzle-orm';

/**
 * One array as one parameter; without this the query builder spreads it into a list of parameters. Booleans go as text,
 * since the driver takes an array that starts with one for a single boolean.
 */
export function param(values: readonly (string | number | boolean | null)[]): SQL {
  const texts = values.map((value) => (typeof value === 'boolean' ? value.toString() : value));
  return sql`${sql.param(texts)}`;
}
