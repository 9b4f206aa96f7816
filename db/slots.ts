import { CodedError, isCoded } from '../domain/errors.ts';

/** The right to use one of a pool's connections. */
export interface Slots {
  /**
   * Waits for a free slot, in order.
   * @returns gives the slot back; a second call does nothing
   * @throws CodedError `database.unavailable` when none is free in time: the pool is busy, and not broken
   */
  take(withinMs: number): Promise<() => void>;
}

/**
 * Counts who uses a pool, so that waiting for a busy one is not taken for a lost connection: a replaced pool would open
 * as many connections again, and again when these are busy, too.
 */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();
  const release = () => {
    free += 1;
    const [next] = waiting;
    next?.();
  };
  const grant = () => {
    free -= 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      release();
    };
  };
  return {
    take: (withinMs) => {
      if (free > 0 && waiting.size === 0) return Promise.resolve(grant());
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(take);
          reject(
            new CodedError('database.unavailable', `No connection was free for ${withinMs} ms.`, {
              details: { busy: true },
            }),
          );
        }, withinMs);
        const take = () => {
          clearTimeout(timer);
          waiting.delete(take);
          resolve(grant());
        };
        waiting.add(take);
      });
    },
  };
}

/** True if a pool was only busy: none of its connections is known to be lost. */
export function isBusy(error: unknown): boolean {
  return isCoded(error) && error.details['busy'] === true;
}
