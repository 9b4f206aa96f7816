import { createLogger, type Logger } from '../logger.ts';
import { endProcess } from './end-process.ts';
import { productionContext, type CommandContext } from './environment.ts';
import { logFailure } from './log-failure.ts';
import { endOnUncaughtErrors } from './supervise.ts';
import { VERSION } from './version.ts';

export interface ServiceContext extends CommandContext {
  readonly logger: Logger;
}

/** Runs a long-lived process. Its failures are JSON lines with a code, like all its output. */
export async function runService(
  name: 'purser-api' | 'purser-worker',
  run: (context: ServiceContext) => Promise<void>,
): Promise<void> {
  try {
    const { config, env } = productionContext();
    const logger = createLogger({ level: config.LOG_LEVEL, name, version: VERSION });
    endOnUncaughtErrors(logger);
    await run({ config, env, logger });
  } catch (error) {
    reportFailure(name, error);
    // A failed start may have left connections open, and stdout has no pending output.
    endProcess(1);
  }
  // A channel to the parent process would keep this one alive.
  if (process.connected) process.disconnect();
}

/** Writes at once and ignores LOG_LEVEL, which may be the fault. */
export function reportFailure(name: string, error: unknown): void {
  logFailure(createLogger({ level: 'info', name, version: VERSION, isWrittenAtOnce: true }), error);
}
