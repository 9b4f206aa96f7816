import { and, desc, getTableColumns, isNull, sql } from 'drizzle-orm';
import { ALERT_AFTER_S } from '../../../domain/words/alert-limits.ts';
import type { AlertKind, AlertNews, ServiceReport } from '../../../domain/words/alert-words.ts';
import type { Executor } from '../../client.ts';
import { param } from '../../param.ts';
import { alerts } from '../../schema/alerts.ts';
import { secondsAgo } from './ago.ts';
import { ACCOUNT_CONDITIONS } from './account-conditions.ts';
import { WORK_CONDITIONS } from './work-conditions.ts';

export type Alert = Readonly<typeof alerts.$inferSelect>;

/**
 * Looks at every condition: raises alerts that are new, renews those that stand, and clears those whose condition is gone.
 * Looks at once are harmless: one of them raises.
 */
export async function refreshAlerts(executor: Executor): Promise<void> {
  await executor.execute(sql`
    with found (kind, subject, account, code, example, count) as materialized (
      ${sql.join([...ACCOUNT_CONDITIONS, ...WORK_CONDITIONS], sql` union all `)}
    ), cleared as (
      update alerts a set cleared_at = now()
       where cleared_at is null and not exists (select 1 from found f where f.kind = a.kind and f.subject = a.subject)
    )
    insert into alerts (kind, subject, bank_account_key, code, example, count)
    select kind, subject, account, code, example, count from found order by kind, subject
    on conflict (kind, subject) where cleared_at is null do update
      set last_seen_at = now(), code = excluded.code, example = excluded.example, count = excluded.count`);
}

/**
 * Takes the alerts that nobody has announced, and those that are about more things than when they were announced, once a
 * minute: each goes to one process.
 */
export async function takeUnannounced(executor: Executor): Promise<readonly AlertNews[]> {
  return executor.execute<AlertNews & Record<string, unknown>>(sql`
    update alerts set announced_at = now(), announced_count = count
     where cleared_at is null
       and (announced_at is null or (count > announced_count and announced_at < now() - interval '1 minute'))
    returning kind, subject, bank_account_key as "accountKey", code, example, count`);
}

/** Alerts, those that stand first, then the newest. */
export async function listAlerts(
  executor: Executor,
  query: {
    readonly isStanding: boolean | null;
    readonly beforeId: bigint | null;
    readonly limit: number;
  },
): Promise<readonly Alert[]> {
  const { beforeId, isStanding, limit } = query;
  return executor
    .select(getTableColumns(alerts))
    .from(alerts)
    .where(
      and(
        isStanding === null
          ? undefined
          : isStanding
            ? isNull(alerts.clearedAt)
            : sql`${alerts.clearedAt} is not null`,
        beforeId === null ? undefined : sql`${alerts.id} < ${beforeId}`,
      ),
    )
    .orderBy(desc(alerts.id))
    .limit(limit);
}

/** The alerts that stand, oldest first. */
export async function listStanding(executor: Executor): Promise<readonly Alert[]> {
  return executor
    .select(getTableColumns(alerts))
    .from(alerts)
    .where(isNull(alerts.clearedAt))
    .orderBy(alerts.id);
}

/** True where no worker has given a sign of life for a minute. */
export async function isWorkerSilent(executor: Executor): Promise<boolean> {
  const rows = await executor.execute<{ silent: boolean }>(sql`
    select coalesce(max(beat_at) < ${secondsAgo(ALERT_AFTER_S.workerSilent)}, true) as silent from service_beats where service = 'worker'`);
  return rows[0]?.silent ?? true;
}

/** A sign of life of a worker. */
export async function beat(executor: Executor, pollIntervalSeconds: number): Promise<void> {
  await executor.execute(sql`
    insert into service_beats (service, poll_interval_s) values ('worker', ${pollIntervalSeconds})
    on conflict (service) do update set beat_at = now(), poll_interval_s = excluded.poll_interval_s`);
}

/** Replaces what was reported of these kinds. */
export async function replaceReports(
  executor: Executor,
  kinds: readonly AlertKind[],
  reports: readonly ServiceReport[],
): Promise<void> {
  await executor.execute(sql`
    with gone as (
      delete from service_reports r where kind = any(${param(kinds)}::text[])
         and not exists (select 1 from unnest(${param(reports.map(({ kind }) => kind))}::text[], ${param(reports.map(({ subject }) => subject))}::text[]) n(kind, subject)
                          where n.kind = r.kind and n.subject = r.subject)
    )
    insert into service_reports (kind, subject, bank_account_key, example, count)
    select n.kind, n.subject, (select key from bank_accounts where key = n.account), n.example, n.count
      from unnest(${param(reports.map(({ kind }) => kind))}::text[], ${param(reports.map(({ subject }) => subject))}::text[],
                  ${param(reports.map(({ accountKey }) => accountKey))}::text[], ${param(reports.map(({ example }) => example))}::text[],
                  ${param(reports.map(({ count }) => count))}::integer[]) n(kind, subject, account, example, count)
    on conflict (kind, subject) do update set example = excluded.example, count = excluded.count, reported_at = now()`);
}

/** Counts refused webhooks of an account; one of an unknown account is not counted. */
export async function countRefusals(
  executor: Executor,
  refused: { readonly accountKey: string; readonly code: string; readonly count: number },
): Promise<void> {
  await executor.execute(sql`
    insert into webhook_refusals (bank_account_key, hour, code, count)
    select a.key, date_trunc('hour', now()), ${refused.code}, ${refused.count} from bank_accounts a where a.key = ${refused.accountKey}
    on conflict (bank_account_key, hour, code) do update set count = webhook_refusals.count + excluded.count, last_at = now()`);
}

/** Records a run of `verify`. @param broken ids of the checks that failed */
export async function recordVerification(
  executor: Executor,
  broken: readonly string[],
): Promise<void> {
  await executor.execute(sql`insert into verifications (broken) values (${param(broken)}::text[])`);
}
