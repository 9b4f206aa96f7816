import {
  Runtime,
  type LogLevel,
  type LogMetadata,
  type MetricsExporterConfig,
} from '@temporalio/worker';
import { CodedError } from '../domain/errors.ts';
import type { Logger } from '../logger.ts';
import { writeTemporalLine } from './temporal-log.ts';

/**
 * Sends Temporal's log lines to our logger, and leaves signals to us: Temporal's handlers would stop the worker without
 * notifying us. With `metricsAddress`, Prometheus reads Temporal's metrics there.
 * @throws CodedError `config.invalid` if nothing can listen at that address
 */
export function installRuntime(logger: Logger, metricsAddress: string | undefined): void {
  const write = (level: LogLevel, message: string, meta?: LogMetadata) => {
    writeTemporalLine(logger, level, message, meta);
  };
  try {
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
      telemetryOptions: {
        logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
        ...(metricsAddress === undefined ? {} : { metrics: prometheusAt(metricsAddress) }),
      },
    });
  } catch (error) {
    if (metricsAddress === undefined) throw error;
    throw new CodedError(
      'config.invalid',
      `WORKER_METRICS_ADDRESS: nothing can listen at ${metricsAddress}: use a free port, another one for each worker.`,
      { cause: error },
    );
  }
}

/** Dashboards depend on these names, so they follow the conventions of Prometheus from the first release on. */
function prometheusAt(bindAddress: string): MetricsExporterConfig {
  return {
    prometheus: {
      bindAddress,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
    },
  };
}
