import type { FastifyBaseLogger } from 'fastify';
import { NOTIFICATIONS_CHANNEL } from '../../../db/channels.ts';
import type { DatabaseHandle } from '../../../db/client.ts';
import {
  findNewestNotificationId,
  listNotificationsAfter,
  listUndelivered,
  markDelivered,
  type Notification,
} from '../../../db/queries/notifications.ts';
import { errorName } from '../../../domain/errors.ts';
import type { Callers } from '../../auth/callers.ts';
import type { Principal } from '../../deps.ts';
import type { Channel } from './channel.ts';
import { toNotification } from './notification.ts';

const PAGE_SIZE = 200;
/** How often each connection is checked: may its caller still call? A key is cached as long again: 4 s in all. */
const CHECK_INTERVAL_MS = 2_000;
/** Every how many checks a client is asked for a sign of life. */
const CHECKS_A_PING = 2;
/** A listener that reads nothing is disconnected here; it gets what it missed when it reconnects. */
const UNSENT_BYTES_MAX = 1_048_576;

/** Connections of this process, each listening to one wallet. */
export interface NotificationHub {
  /** Sends what was not delivered yet, then everything new, for as long as the connection lasts. */
  connect(channel: Channel, who: Subscriber): Promise<void>;
  close(): Promise<void>;
}

/** Who listens to which wallet. */
export interface Subscriber {
  readonly walletId: string;
  readonly caller: Principal;
  /** The newest notification that they have seen; null to get what was not delivered yet. */
  readonly afterId: bigint | null;
}

interface Listener extends Subscriber {
  readonly channel: Channel;
  /** The newest notification that it has. The ids of one wallet commit in order, because the wallet is locked. */
  lastId: bigint;
  /** False until the backlog is sent, so that nothing new overtakes it. */
  isCaughtUp: boolean;
  hasAnswered: boolean;
}

interface HubDeps {
  readonly database: DatabaseHandle;
  readonly callers: Callers;
  readonly logger: FastifyBaseLogger;
}

/** The state of one hub; only {@link createNotificationHub} makes one. */
interface Hub extends HubDeps {
  readonly listeners: Set<Listener>;
  /** Background work that the hub waits for when it closes. */
  readonly unfinished: Set<Promise<void>>;
  listening: Promise<{ readonly unlisten: () => Promise<void> }> | null;
  timer: NodeJS.Timeout | null;
  isPumping: boolean;
  rings: number;
  checks: number;
}

/**
 * Listens on one database connection, from the first listener on. A database notification says only that there are
 * new rows: they are read after each one, and after each reconnect.
 */
export function createNotificationHub(deps: HubDeps): NotificationHub {
  const hub: Hub = {
    ...deps,
    listeners: new Set(),
    unfinished: new Set(),
    listening: null,
    timer: null,
    isPumping: false,
    rings: 0,
    checks: 0,
  };
  return {
    connect: (channel, who) => connect(hub, channel, who),
    close: () => close(hub),
  };
}

async function connect(hub: Hub, channel: Channel, who: Subscriber): Promise<void> {
  const listener: Listener = { ...who, channel, lastId: 0n, isCaughtUp: false, hasAnswered: true };
  channel.onClose(() => hub.listeners.delete(listener));
  channel.onAnswer(() => {
    listener.hasAnswered = true;
  });
  hub.listeners.add(listener);
  try {
    await startListening(hub);
    if (who.afterId === null) {
      listener.lastId = await findNewestNotificationId(hub.database.db, who.walletId);
      await catchUp(hub, listener);
    } else listener.lastId = who.afterId;
  } catch (error) {
    hub.logger.warn({ failure: errorName(error) }, 'listener could not be served');
    channel.close('try_later');
    return;
  }
  listener.isCaughtUp = true;
  ring(hub);
}

async function close(hub: Hub): Promise<void> {
  if (hub.timer !== null) clearInterval(hub.timer);
  for (const listener of hub.listeners) listener.channel.terminate();
  hub.listeners.clear();
  if (hub.listening !== null) await (await hub.listening).unlisten();
  await Promise.all(hub.unfinished);
}

async function startListening(hub: Hub): Promise<void> {
  const onBell = () => ring(hub);
  hub.listening ??= hub.database.listener.listen(NOTIFICATIONS_CHANNEL, onBell, onBell);
  try {
    await hub.listening;
  } catch (error) {
    hub.listening = null;
    throw error;
  }
  const check = () => track(hub, checkListeners(hub), 'listeners were not checked');
  hub.timer ??= setInterval(check, CHECK_INTERVAL_MS).unref();
}

/** Reads the rows now, or once more after the current read. */
function ring(hub: Hub): void {
  hub.rings += 1;
  if (!hub.isPumping && hub.listeners.size > 0) {
    track(hub, pump(hub), 'notifications could not be pushed');
  }
}

function track(hub: Hub, work: Promise<void>, failure: string): void {
  const tracked = work
    .catch((error: unknown) => hub.logger.warn({ failure: errorName(error) }, failure))
    .finally(() => hub.unfinished.delete(tracked));
  hub.unfinished.add(tracked);
}

async function pump(hub: Hub): Promise<void> {
  hub.isPumping = true;
  try {
    for (;;) {
      const ringsBefore = hub.rings;
      const hasSent = await pushNew(hub);
      if (!hasSent && hub.rings === ringsBefore) return;
    }
  } finally {
    hub.isPumping = false;
  }
}

/** True if there were rows: then there may be more. */
async function pushNew(hub: Hub): Promise<boolean> {
  const ready = [...hub.listeners].filter((listener) => listener.isCaughtUp);
  const rows = await listNotificationsAfter(hub.database.db, places(ready), PAGE_SIZE);
  const sent = rows.flatMap((row) =>
    ready
      .filter((listener) => listener.walletId === row.walletId && listener.lastId < row.id)
      .map((listener) => {
        listener.lastId = row.id;
        return send(listener, row);
      }),
  );
  track(hub, markSent(hub, sent), 'deliveries were not recorded');
  return sent.length > 0;
}

async function markSent(hub: Hub, sent: readonly Promise<bigint | null>[]): Promise<void> {
  const ids = (await Promise.all(sent)).filter((id) => id !== null);
  await markDelivered(hub.database.db, ids);
}

async function catchUp(hub: Hub, listener: Listener): Promise<void> {
  const { db } = hub.database;
  for (;;) {
    const rows = await listUndelivered(db, {
      walletId: listener.walletId,
      upToId: listener.lastId,
      limit: PAGE_SIZE,
    });
    const ids = await Promise.all(rows.map((row) => send(listener, row)));
    const sentIds = ids.filter((id) => id !== null);
    await markDelivered(db, sentIds);
    if (rows.length < PAGE_SIZE || sentIds.length < rows.length) return;
  }
}

async function checkListeners(hub: Hub): Promise<void> {
  hub.checks += 1;
  const isTimeToPing = hub.checks % CHECKS_A_PING === 0;
  const listeners = [...hub.listeners];
  const ended = await hub.callers.findEnded(listeners.map(({ caller }) => caller));
  for (const listener of listeners) {
    if (ended.has(listener.caller)) listener.channel.close('ended');
    else if (isTimeToPing && !listener.hasAnswered) listener.channel.terminate();
    else if (isTimeToPing) {
      listener.hasAnswered = false;
      listener.channel.ping();
    }
  }
}

/** Where to start reading each wallet: at its listener that is furthest behind. */
function places(
  listeners: readonly Listener[],
): readonly { readonly walletId: string; readonly afterId: bigint }[] {
  const least = new Map<string, bigint>();
  for (const { walletId, lastId } of listeners) {
    const known = least.get(walletId);
    if (known === undefined || lastId < known) least.set(walletId, lastId);
  }
  return [...least].map(([walletId, afterId]) => ({ walletId, afterId }));
}

/** The id if it was sent, null if the connection was gone. */
function send(listener: Listener, row: Notification): Promise<bigint | null> {
  const { channel } = listener;
  if (channel.unsentBytes() > UNSENT_BYTES_MAX) channel.terminate();
  const message = JSON.stringify({ type: 'notification', notification: toNotification(row) });
  return channel.send(row.id, message).then((isSent) => (isSent ? row.id : null));
}
