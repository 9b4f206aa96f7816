import { Runtime, DefaultLogger } from '@temporalio/worker';

/** Temporal's own lines would drown the report of the tests; errors still show. */
Runtime.install({
  shutdownSignals: [],
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
});
