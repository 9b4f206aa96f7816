import { sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { param } from '../param.ts';

/**
 * Records the lines that a poll of their whole days did not show, and ends the absences of lines that it showed again.
 */
export async function recordAbsences(
  tx: Transaction,
  read: {
    readonly runId: string;
    readonly missing: readonly string[];
    readonly seen: readonly string[];
  },
): Promise<void> {
  if (read.seen.length > 0) {
    await tx.execute(sql`
      update line_absences a set until = r.started_at from runs r
       where r.id = ${read.runId} and a.until is null and a.since < r.started_at and a.line_id = any(${param(read.seen)}::bigint[])`);
  }
  if (read.missing.length === 0) return;
  await tx.execute(sql`
    insert into line_absences (line_id, since)
    select i.line_id, r.started_at from unnest(${param(read.missing)}::bigint[]) as i(line_id) join runs r on r.id = ${read.runId}
    on conflict do nothing`);
}
