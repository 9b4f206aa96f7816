import { sql, type SQL } from 'drizzle-orm';

/** The instant so many seconds before now. */
export function secondsAgo(seconds: number): SQL {
  return sql`now() - make_interval(secs => ${seconds})`;
}

/** The instant so many days before now. */
export function daysAgo(days: number): SQL {
  return sql`now() - make_interval(days => ${days})`;
}
