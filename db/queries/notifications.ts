import { and, asc, desc, eq, getTableColumns, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { param } from '../param.ts';
import { notifications } from '../schema/notifications.ts';

type NotificationRow = typeof notifications.$inferSelect;
export interface Notification extends NotificationRow {
  /** What of its credit cannot be spent yet, in minor units. */
  readonly heldMinor: bigint;
}

const COLUMNS = {
  ...getTableColumns(notifications),
  heldMinor:
    sql<bigint>`(select coalesce(max(h.held_minor), 0) from credit_holds h where h.journal_id = ${notifications.journalId} and h.closed_at is null)::bigint`.mapWith(
      notifications.amountMinor,
    ),
};

/** Notifications of a wallet, newest first, from just before `beforeId` on. */
export async function listNotifications(
  executor: Executor,
  query: { readonly walletId: string; readonly beforeId: bigint | null; readonly limit: number },
): Promise<readonly Notification[]> {
  return executor
    .select(COLUMNS)
    .from(notifications)
    .where(
      and(
        eq(notifications.walletId, query.walletId),
        query.beforeId === null ? undefined : lt(notifications.id, query.beforeId),
      ),
    )
    .orderBy(desc(notifications.id))
    .limit(query.limit);
}

/** The id of a wallet's newest notification; 0 if it has none. */
export async function findNewestNotificationId(
  executor: Executor,
  walletId: string,
): Promise<bigint> {
  const rows = await executor
    .select({ id: notifications.id })
    .from(notifications)
    .where(eq(notifications.walletId, walletId))
    .orderBy(desc(notifications.id))
    .limit(1);
  return rows[0]?.id ?? 0n;
}

/** The notifications that a wallet's owner was never sent, oldest first, up to `upToId`. */
export async function listUndelivered(
  executor: Executor,
  query: { readonly walletId: string; readonly upToId: bigint; readonly limit: number },
): Promise<readonly Notification[]> {
  return executor
    .select(COLUMNS)
    .from(notifications)
    .where(
      and(
        eq(notifications.walletId, query.walletId),
        isNull(notifications.deliveredAt),
        sql`${notifications.id} <= ${query.upToId}`,
      ),
    )
    .orderBy(asc(notifications.id))
    .limit(query.limit);
}

/** The notifications after the last one that each listener has, oldest first, at most `limit` for each. */
export async function listNotificationsAfter(
  executor: Executor,
  listeners: readonly { readonly walletId: string; readonly afterId: bigint }[],
  limit: number,
): Promise<readonly Notification[]> {
  if (listeners.length === 0) return [];
  const found = executor.$with('found').as(
    executor.select({ id: sql<bigint>`found.id`.as('id') }).from(
      sql`unnest(${param(listeners.map((each) => each.walletId))}::text[],
                   ${param(listeners.map((each) => each.afterId.toString()))}::bigint[]) as listener(wallet_id, after_id)
            cross join lateral (select n.id from notifications n
                                 where n.wallet_id = listener.wallet_id and n.id > listener.after_id
                                 order by n.id limit ${limit}) found`,
    ),
  );
  return executor
    .with(found)
    .select(COLUMNS)
    .from(notifications)
    .where(inArray(notifications.id, executor.select({ id: found.id }).from(found)))
    .orderBy(asc(notifications.id));
}

/** Records that these reached a connected listener; the first time counts. */
export async function markDelivered(executor: Executor, ids: readonly bigint[]): Promise<void> {
  if (ids.length === 0) return;
  await executor.execute(sql`
    update notifications set delivered_at = now()
     where id = any(${param(ids.map(String))}::bigint[]) and delivered_at is null`);
}

/**
 * Records that the wallet's owner read a notification; the first time counts. Null if the wallet has no such
 * notification.
 */
export async function markRead(
  executor: Executor,
  notification: { readonly walletId: string; readonly id: bigint },
): Promise<Notification | null> {
  const rows = await executor
    .update(notifications)
    .set({ readAt: sql`coalesce(${notifications.readAt}, now())` })
    .where(
      and(eq(notifications.walletId, notification.walletId), eq(notifications.id, notification.id)),
    )
    .returning(COLUMNS);
  return rows[0] ?? null;
}
