import { sql } from 'drizzle-orm';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

/** Opens a run, or finds it open if the activity is retried: what an earlier attempt failed for no longer counts. */
export async function insertRun(
  executor: Executor,
  run: { readonly runId: string; readonly accountKey: string; readonly kind: 'poll' | 'import' },
): Promise<void> {
  await executor.execute(sql`
    insert into runs (id, bank_account_key, kind) values (${run.runId}, ${run.accountKey}, ${run.kind})
    on conflict (id) do update set error_detail = null`);
}

/** Notes what an attempt failed for, in words without values; `finishRun` keeps it if the run fails for good. */
export async function noteRunError(
  executor: Executor,
  run: { readonly runId: string; readonly detail: string },
): Promise<void> {
  await executor.execute(sql`
    update runs set error_detail = ${run.detail} where id = ${run.runId}`);
}

/** Adds the counts of a capture to its run. */
export async function addRunCapture(
  executor: Executor,
  capture: {
    readonly runId: string;
    readonly from: LocalDate | null;
    readonly to: LocalDate | null;
    readonly linesSeen: number;
    readonly linesNew: number;
    readonly depositsNew: number;
    readonly held: number;
    readonly rowsWaiting?: number;
    readonly rowsQuarantined?: number;
    /** Sentences without values; each is noted once. */
    readonly warnings?: readonly string[];
    readonly hasBalanceGap?: boolean;
  },
): Promise<void> {
  await executor.execute(sql`
    update runs set window_from = coalesce(least(window_from, ${capture.from}::date), ${capture.from}::date),
           window_to = coalesce(greatest(window_to, ${capture.to}::date), ${capture.to}::date),
           lines_seen = lines_seen + ${capture.linesSeen}, lines_new = lines_new + ${capture.linesNew},
           deposits_new = deposits_new + ${capture.depositsNew}, held = held + ${capture.held},
           rows_waiting = rows_waiting + ${capture.rowsWaiting ?? 0},
           rows_quarantined = rows_quarantined + ${capture.rowsQuarantined ?? 0},
           balance_gap = balance_gap or ${capture.hasBalanceGap ?? false},
           warnings = (select coalesce(array_agg(distinct w), '{}') from unnest(warnings || ${param(capture.warnings ?? [])}::text[]) w)
     where id = ${capture.runId}`);
}

/** Counts the outcomes of a run's deposits and closes the run; a repeat counts again. */
export async function finishRun(
  executor: Executor,
  run: { readonly runId: string; readonly errorCode: string | null },
): Promise<{ readonly stillCaptured: number }> {
  const rows = await executor.execute<{ still_captured: number }>(sql`
    with counted as (
      select count(*) filter (where d.state = 'captured')::int as still_captured,
             count(*) filter (where d.state = 'credited')::int as credited_count,
             coalesce(sum(d.amount_minor) filter (where d.state = 'credited'), 0) as credited_minor,
             count(*) filter (where d.state = 'in_review')::int as review_count,
             coalesce(sum(d.amount_minor) filter (where d.state = 'in_review'), 0) as review_minor,
             coalesce(sum(n.credits) filter (where d.state = 'credited'), 0) as credits
        from deposits d
        left join lateral (select sum(n.credits) as credits from notifications n
                            where n.deposit_id = d.id and n.kind = 'deposit_credited') n on true
       where d.run_id = ${run.runId}
    )
    update runs r set finished_at = now(), error_code = ${run.errorCode}::text,
           error_detail = case when ${run.errorCode}::text is null then null else r.error_detail end,
           outcome = case when ${run.errorCode}::text is not null then 'failed' when c.still_captured > 0 then 'waiting' else 'completed' end,
           credited_count = c.credited_count, credited_minor = c.credited_minor, credits = c.credits,
           review_count = c.review_count, review_minor = c.review_minor
      from counted c where r.id = ${run.runId}
    returning c.still_captured`);
  return { stillCaptured: rows[0]?.still_captured ?? 0 };
}

export async function countCaptured(executor: Executor, runId: string): Promise<number> {
  const rows = await executor.execute<{ waiting: number }>(sql`
    select count(*)::int as waiting from deposits where run_id = ${runId} and state = 'captured'`);
  return rows[0]?.waiting ?? 0;
}

/** Moves the last day that is read completely; it never moves back. */
export async function markDayComplete(
  executor: Executor,
  accountKey: string,
  day: LocalDate,
): Promise<void> {
  await executor.execute(sql`
    update bank_accounts set last_complete_day = greatest(coalesce(last_complete_day, ${day}::date), ${day}::date) where key = ${accountKey}`);
}

/** True if crediting is stopped for the account of a run. */
export async function isRunGated(executor: Executor, runId: string): Promise<boolean> {
  const rows = await executor.execute<{ scope: string }>(sql`
    select g.scope from runs r join gates g on g.scope in ('*', r.bank_account_key)
     where r.id = ${runId} and g.state = 'closed' limit 1`);
  return rows.length > 0;
}
