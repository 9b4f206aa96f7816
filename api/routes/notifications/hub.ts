import type { WebSocket } from '@fastify/websocket';
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
import type { KeyVerifier } from '../../auth/key-verifier.ts';
import { toNotification } from './notification.ts';

const PAGE_SIZE = 200;
/** How often each connection is checked: is its key still valid, does its client still answer? */
const CHECK_INTERVAL_MS = 4_000;
/** A listener that reads nothing is disconnected here; it gets what it missed when it reconnects. */
const UNSENT_BYTES_MAX = 1_048_576;

const CLOSE_POLICY = 1008;
const CLOSE_TRY_LATER = 1013;

/** Connections of this process, each listening to one wallet. */
export interface NotificationHub {
  /** Sends what was not delivered yet, then everything new, for as long as the connection lasts. */
  connect(
    socket: WebSocket,
    who: { readonly walletId: string; readonly keyId: string },
  ): Promise<void>;
  close(): Promise<void>;
}

interface Listener {
  readonly socket: WebSocket;
  readonly walletId: string;
  readonly keyId: string;
  /** The newest notification that it has. The ids of one wallet commit in order, because the wallet is locked. */
  lastId: bigint;
  /** False until the backlog is sent, so that nothing new overtakes it. */
  isCaughtUp: boolean;
  hasAnswered: boolean;
}

interface HubDeps {
  readonly database: DatabaseHandle;
  readonly verifier: KeyVerifier;
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
  };
  return {
    connect: (socket, who) => connect(hub, socket, who),
    close: () => close(hub),
  };
}

async function connect(
  hub: Hub,
  socket: WebSocket,
  who: { readonly walletId: string; readonly keyId: string },
): Promise<void> {
  const listener: Listener = { ...who, socket, lastId: 0n, isCaughtUp: false, hasAnswered: true };
  socket.on('close', () => hub.listeners.delete(listener));
  socket.on('pong', () => {
    listener.hasAnswered = true;
  });
  hub.listeners.add(listener);
  try {
    await startListening(hub);
    listener.lastId = await findNewestNotificationId(hub.database.db, who.walletId);
    await catchUp(hub, listener);
  } catch (error) {
    hub.logger.warn({ failure: errorName(error) }, 'listener could not be served');
    socket.close(CLOSE_TRY_LATER, 'try again later');
    return;
  }
  listener.isCaughtUp = true;
  ring(hub);
}

async function close(hub: Hub): Promise<void> {
  if (hub.timer !== null) clearInterval(hub.timer);
  for (const listener of hub.listeners) listener.socket.terminate();
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
  for (const listener of [...hub.listeners]) {
    if (!(await hub.verifier.isStillGood(listener.keyId))) {
      listener.socket.close(CLOSE_POLICY, 'key is no longer valid');
    } else if (!listener.hasAnswered) listener.socket.terminate();
    else {
      listener.hasAnswered = false;
      listener.socket.ping();
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
  const { socket } = listener;
  if (socket.bufferedAmount > UNSENT_BYTES_MAX) socket.terminate();
  const message = JSON.stringify({ type: 'notification', notification: toNotification(row) });
  return new Promise((resolve) => {
    socket.send(message, (error) => resolve(error instanceof Error ? null : row.id));
  });
}
