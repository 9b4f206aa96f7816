import { isLateDriverWrite } from '../db/late-write.ts';
import { isConnectionFailure } from '../db/pg-errors.ts';
import type { Logger } from '../logger.ts';
import { endProcess } from './end-process.ts';
import { logFailure } from './log-failure.ts';

/**
 * Ends the process on an error that nobody caught, since its state is unknown and a new one finds everything in the
 * rows. The exception is a database connection that was cut: the driver then also rejects promises that it gave to
 * nobody. Whoever waits for an answer gets the error as well, and the pool is replaced.
 */
export function endOnUncaughtErrors(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    if (isLateDriverWrite(error) || isConnectionFailure(error)) {
      logger.warn('a database connection was cut');
      return;
    }
    logFailure(logger, error);
    endProcess(1);
  });
}

/** Tells the parent process, if there is one, that this process works. */
export function sayReady(url?: string): void {
  process.send?.({ event: 'ready', ...(url === undefined ? {} : { url }) });
}

/**
 * Resolves with why the process should stop: Ctrl-C, SIGTERM, the death of the process that started it, or a reader of
 * its output that has gone. A second Ctrl-C ends the process at once.
 */
export function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (why: string) => () => {
      if (asked && why === 'SIGINT') endProcess(130);
      asked = true;
      resolve(why);
    };
    process.on('SIGINT', ask('SIGINT'));
    process.on('SIGTERM', ask('SIGTERM'));
    process.stdout.once('error', ask('its output was closed'));
    if (process.env['PURSER_CHILD'] === '1') process.on('disconnect', ask('disconnect'));
  });
}
