import { Runtime, DefaultLogger } from '@temporalio/worker';

/** Temporal's log lines would hide the report of the tests; errors still appear. */
Runtime.install({
  shutdownSignals: [],
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
});
