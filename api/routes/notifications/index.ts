import type { ApiApp, ApiDeps } from '../../deps.ts';
import { createNotificationHub } from './hub.ts';
import { listNotificationsRoute } from './list.ts';
import { markNotificationReadRoute } from './mark-read.ts';
import { streamNotificationsRoute } from './stream.ts';

/** What customers are notified of. */
export function notificationRoutes(app: ApiApp, deps: ApiDeps): void {
  const hub = createNotificationHub({
    database: deps.database,
    verifier: app.keyVerifier,
    logger: deps.logger,
  });
  app.addHook('onClose', () => hub.close());
  listNotificationsRoute(app, deps);
  markNotificationReadRoute(app, deps);
  streamNotificationsRoute(app, deps, hub);
}
