import { sql } from 'drizzle-orm';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';
import type { RunKind } from '../schema/runs.ts';

/** Opens a run, or finds it open if the activity is retried: what an earlier attempt failed for no longer counts. */
export async function insertRun(
  executor: Executor,
  run: { readonly runId: string; readonly accountKey: string; readonly kind: RunKind },
): Promise<void> {
  await executor.execute(sql`
    insert into runs (id, bank_account_key, kind) values (${run.runId}, ${run.accountKey}, ${run.kind})
    on conflict (id) do update set error_detail = null`);
}

/** Adds the row of a run that ended before it began. */
export async function addMissingRun(
  executor: Executor,
  run: { readonly runId: string; readonly accountKey: string; readonly kind: RunKind },
): Promise<void> {
  await executor.execute(sql`
    insert into runs (id, bank_account_key, kind) values (${run.runId}, ${run.accountKey}, ${run.kind})
    on conflict (id) do nothing`);
}

/**
 * Closes the polls of an account that never ended, when its next one begins: an account has one poll at a time, so theirs
 * was terminated or timed out. A run that goes on all the same closes itself again.
 */
export async function markLostPolls(
  executor: Executor,
  next: { readonly runId: string; readonly accountKey: string },
): Promise<void> {
  await executor.execute(sql`
    update runs set finished_at = now(), outcome = 'failed', error_code = 'run.lost'
     where bank_account_key = ${next.accountKey} and kind = 'poll' and finished_at is null and id <> ${next.runId}
       and started_at < (select started_at from runs where id = ${next.runId})`);
}

/** As {@link markLostPolls}: closes the earlier import of a file that never ended, when the file is imported again. */
export async function markLostImport(
  executor: Executor,
  next: { readonly runId: string; readonly fileId: string },
): Promise<void> {
  await executor.execute(sql`
    update runs set finished_at = now(), outcome = 'failed', error_code = 'run.lost'
     where finished_at is null and id <> ${next.runId} and id = (select run_id from statement_files where id = ${next.fileId})`);
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
