import { sql } from 'drizzle-orm';
import { NOTIFICATIONS_CHANNEL } from '../channels.ts';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';

/** Marks the notifications of deposits as published and notifies listeners once; answers how many were new. */
export async function publishNotifications(
  executor: Executor,
  depositIds: readonly string[],
): Promise<number> {
  if (depositIds.length === 0) return 0;
  const rows = await executor.execute<{ published: number }>(sql`
    with published as (
      update notifications set published_at = now()
       where deposit_id = any(${param(depositIds)}::text[]) and published_at is null returning id
    )
    select count(*)::int as published, pg_notify(${NOTIFICATIONS_CHANNEL}, max(id)::text) from published`);
  return rows[0]?.published ?? 0;
}

/** Publishes notifications that an earlier attempt could not publish; answers how many. */
export async function publishForgotten(executor: Executor, limit: number): Promise<number> {
  const rows = await executor.execute<{ published: number }>(sql`
    with published as (
      update notifications set published_at = now()
       where id in (select id from notifications where published_at is null order by id limit ${limit} for update skip locked)
      returning id
    )
    select count(*)::int as published, pg_notify(${NOTIFICATIONS_CHANNEL}, max(id)::text) from published`);
  return rows[0]?.published ?? 0;
}
