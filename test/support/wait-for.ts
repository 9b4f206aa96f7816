import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `look` answers something other than null or false, and returns it. Fails with `what` after `withinMs`,
 * which only ends a hanging test: no result may depend on the speed of the machine.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | null | false> | T | null | false,
  withinMs = 300_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() >= deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`);
    await delay(20);
  }
}
