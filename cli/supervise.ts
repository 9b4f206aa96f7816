import { isLateDriverWrite } from '../db/late-write.ts';
import { isConnectionFailure } from '../db/pg-errors.ts';
import type { Logger } from '../logger.ts';
import { endProcess } from './end-process.ts';
import { logFailure } from './log-failure.ts';

/**
 * Ends the process on an uncaught error, since its state is unknown and a new process finds everything in the rows. The
 * exception is a cut database connection: the driver then also rejects promises that no code can reach. The caller of a
 * query gets the error as well, and the pool is replaced.
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

/** Notifies the parent process, if any, that this process is ready. */
export function sayReady(url?: string): void {
  process.send?.({ event: 'ready', ...(url === undefined ? {} : { url }) });
}

/**
 * Resolves with the reason to stop: Ctrl-C, SIGTERM, the death of the parent process, or a closed reader of the output.
 * A second Ctrl-C ends the process at once.
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
