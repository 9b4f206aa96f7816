import { and, desc, eq, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { runs } from '../schema/runs.ts';
import type { ListPlace } from './deposits-read.ts';
import { withinReach, type Reach } from './reach.ts';

export type Run = typeof runs.$inferSelect;

/** Runs, newest first, from just after `after` on. */
export async function listRuns(
  executor: Executor,
  query: {
    readonly accountKey: string | null;
    readonly reach: Reach | null;
    readonly after: ListPlace | null;
    readonly limit: number;
  },
): Promise<readonly { readonly run: Run; readonly at: string }[]> {
  const { accountKey, reach, after, limit } = query;
  return executor
    .select({ run: runs, at: sql<string>`${runs.startedAt}::text` })
    .from(runs)
    .where(
      and(
        accountKey === null ? undefined : eq(runs.bankAccountKey, accountKey),
        withinReach(reach, runs.bankAccountKey),
        after === null
          ? undefined
          : sql`(${runs.startedAt}, ${runs.id}) < (${after.at}::timestamptz, ${after.id})`,
      ),
    )
    .orderBy(desc(runs.startedAt), desc(runs.id))
    .limit(limit);
}

/** The newest run of each account. */
export async function listLastRuns(executor: Executor): Promise<readonly Run[]> {
  return executor
    .selectDistinctOn([runs.bankAccountKey])
    .from(runs)
    .orderBy(runs.bankAccountKey, desc(runs.startedAt))
    .limit(1_000);
}
