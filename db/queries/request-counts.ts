import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

/** Requests of one caller in one window. */
export interface RequestCount {
  readonly name: string;
  readonly windowStart: Date;
  readonly count: number;
}

/** Adds counts to what all processes counted, answers the sums, and forgets windows that are over. */
export async function addRequestCounts(
  executor: Executor,
  counts: readonly RequestCount[],
): Promise<readonly RequestCount[]> {
  const names = counts.map(({ name }) => name);
  const starts = counts.map(({ windowStart }) => windowStart.toISOString());
  const rows = await executor.execute<{ name: string; at: Date | string; count: number }>(sql`
    with over as (delete from request_counts where window_start < now() - interval '10 minutes')
    insert into request_counts (name, window_start, count)
    select u.name, u.window_start, u.count
      from unnest(${param(names)}::text[], ${param(starts)}::timestamptz[], ${param(counts.map(({ count }) => count))}::integer[])
           as u(name, window_start, count)
     order by 1, 2
    on conflict (name, window_start) do update set count = request_counts.count + excluded.count
    returning name, window_start as at, count`);
  return rows.map(({ at, count, name }) => ({ name, windowStart: new Date(at), count }));
}
