import type { Command } from 'commander';
import { Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import type { Logger } from '../../logger.ts';
import { runWorker } from '../../worker/main.ts';
import { writeTemporalLine } from '../../worker/temporal-log.ts';
import { runService } from '../service.ts';
import { sayReady, untilAskedToStop } from '../supervise.ts';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('run the worker: polls banks, credits deposits, relays webhooks')
    .action(() =>
      runService('purser-worker', async (context) => {
        installRuntime(context.logger);
        const worker = await runWorker(context);
        sayReady();
        await Promise.race([untilAskedToStop(), worker.done]);
        await worker.stop();
      }),
    );
}

/**
 * Sends Temporal's log lines to our logger, and leaves signals to us: Temporal's handlers would stop the worker without
 * notifying us.
 */
function installRuntime(logger: Logger): void {
  const write = (level: LogLevel, message: string, meta?: LogMetadata) => {
    writeTemporalLine(logger, level, message, meta);
  };
  Runtime.install({
    shutdownSignals: [],
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}
