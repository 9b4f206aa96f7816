import { isLateDriverWrite } from '../db/late-write.ts';
import { toCodedError } from '../db/pg-errors.ts';
import type { Logger } from '../logger.ts';

/**
 * Ends the process on an error that nobody caught, since its state is unknown and a new one finds everything in the
 * rows. The exception is a database connection that was cut: the driver then also rejects promises that it gave to
 * nobody. Whoever waits for an answer gets the error as well, and the pool is made anew.
 */
export function endOnUncaughtErrors(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    if (isLateDriverWrite(error) || toCodedError(error)?.code === 'database.unavailable') {
      logger.warn('a database connection was cut');
      return;
    }
    logger.fatal({ cause: error.name, stack: error.stack }, 'process failed');
    process.exit(1);
  });
}

/** Tells whoever started this process that it works, if anyone listens. */
export function sayReady(url?: string): void {
  process.send?.({ event: 'ready', ...(url === undefined ? {} : { url }) });
}

/**
 * Resolves once the process was asked to stop: Ctrl-C, SIGTERM, or the death of the process that started it.
 * A second Ctrl-C ends the process at once.
 */
export function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (why: string) => () => {
      if (asked && why === 'SIGINT') process.exit(130);
      asked = true;
      resolve(why);
    };
    process.on('SIGINT', ask('SIGINT'));
    process.on('SIGTERM', ask('SIGTERM'));
    if (process.env['PURSER_CHILD'] === '1') process.on('disconnect', ask('disconnect'));
  });
}
