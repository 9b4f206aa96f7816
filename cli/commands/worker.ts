import type { Command } from 'commander';
import { Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import { createLogger, type Logger } from '../../logger.ts';
import { runWorker } from '../../worker/main.ts';
import { productionContext } from '../environment.ts';
import { endOnUncaughtErrors, sayReady, untilAskedToStop } from '../supervise.ts';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('run the Temporal worker: polls banks, credits deposits, relays webhooks')
    .action(async () => {
      const { config, env } = productionContext();
      const logger = createLogger({ level: config.LOG_LEVEL, name: 'purser-worker' });
      endOnUncaughtErrors(logger);
      installRuntime(logger);
      const worker = await runWorker({ config, env, logger });
      sayReady();
      await Promise.race([untilAskedToStop(), worker.done]);
      await worker.stop();
    });
}

const LEVELS = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/** Temporal's own lines join ours, and signals are ours alone: its handlers would stop the worker behind our back. */
function installRuntime(logger: Logger): void {
  const write = (level: LogLevel, message: string, meta?: LogMetadata) => {
    const facts = {
      temporal: true,
      ...(meta?.['error'] instanceof Error ? { cause: meta['error'].name } : {}),
    };
    logger[LEVELS[level]](facts, message);
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
