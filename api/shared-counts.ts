import type { FastifyBaseLogger } from 'fastify';
import type { Executor } from '../db/client.ts';
import { addRequestCounts, type RequestCount } from '../db/queries/request-counts.ts';

const EXCHANGE_EVERY_MS = 1_000;
/** More callers than this within a window are not told apart: the oldest is forgotten. */
const CALLERS_MAX = 5_000;

/** What this process knows about the requests of one caller in the present window. */
interface Counted {
  windowStart: number;
  /** By all processes, as far as the database knew at the last exchange. */
  stored: number;
  /** By this process, and not stored yet. */
  unsent: number;
}

/** Counts of requests that all API processes share. */
export interface SharedCounts {
  /** Counts one request of `name`; answers how many there are in this window, and the milliseconds that are left of it. */
  count(name: string, windowMs: number): { readonly current: number; readonly ttl: number };
  /** Adds what this process counted to what the others did. Never fails: without the database each process counts alone. */
  exchange(): Promise<void>;
  start(): void;
  stop(): void;
}

/**
 * Each process counts at once, and exchanges its counts every second with one statement: no request waits for the database.
 * So n processes let a caller exceed a limit by what it sends to the others within that second.
 */
export function createSharedCounts(deps: {
  readonly db: Executor;
  readonly clock: () => Date;
  readonly logger: FastifyBaseLogger;
}): SharedCounts {
  const callers = new Map<string, Counted>();
  let isExchanging = false;
  let timer: NodeJS.Timeout | undefined;

  const counts: SharedCounts = {
    count: (name, windowMs) => {
      const nowMs = deps.clock().getTime();
      const windowStart = nowMs - (nowMs % windowMs);
      const counted = callers.get(name);
      const ttl = windowStart + windowMs - nowMs;
      if (counted?.windowStart === windowStart) {
        counted.unsent += 1;
        return { current: counted.stored + counted.unsent, ttl };
      }
      callers.delete(name);
      const [oldest] = callers.keys();
      if (callers.size >= CALLERS_MAX && oldest !== undefined) callers.delete(oldest);
      callers.set(name, { windowStart, stored: 0, unsent: 1 });
      return { current: 1, ttl };
    },
    exchange: async () => {
      const sent = takeUnsent(callers);
      if (isExchanging || sent.length === 0) return;
      isExchanging = true;
      try {
        learn(callers, sent, await addRequestCounts(deps.db, sent));
      } catch {
        deps.logger.warn('request counts were not exchanged');
      } finally {
        isExchanging = false;
      }
    },
    start: () => {
      timer = setInterval(() => void counts.exchange(), EXCHANGE_EVERY_MS);
      timer.unref();
    },
    stop: () => {
      clearInterval(timer);
    },
  };
  return counts;
}

function takeUnsent(callers: ReadonlyMap<string, Counted>): readonly RequestCount[] {
  return [...callers]
    .filter(([, { unsent }]) => unsent > 0)
    .map(([name, { unsent, windowStart }]) => ({
      name,
      windowStart: new Date(windowStart),
      count: unsent,
    }));
}

/** What was sent is in the stored counts now. */
function learn(
  callers: ReadonlyMap<string, Counted>,
  sent: readonly RequestCount[],
  stored: readonly RequestCount[],
): void {
  const totals = new Map(stored.map(({ count, name }) => [name, count]));
  for (const { count, name, windowStart } of sent) {
    const counted = callers.get(name);
    if (counted?.windowStart !== windowStart.getTime()) continue;
    counted.unsent -= count;
    counted.stored = totals.get(name) ?? counted.stored + count;
  }
}
