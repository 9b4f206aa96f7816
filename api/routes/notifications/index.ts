import type { ApiApp, ApiDeps } from '../../deps.ts';
import { followNotificationsRoute } from './follow.ts';
import { createNotificationHub } from './hub.ts';
import { listNotificationsRoute } from './list.ts';
import { markNotificationReadRoute } from './mark-read.ts';
import { streamNotificationsRoute } from './stream.ts';

/** What customers are notified of. */
export function notificationRoutes(app: ApiApp, deps: ApiDeps): void {
  const hub = createNotificationHub({
    database: deps.database,
    callers: app.callers,
    logger: deps.logger,
  });
  app.addHook('onClose', () => hub.close());
  listNotificationsRoute(app, deps);
  markNotificationReadRoute(app, deps);
  followNotificationsRoute(app, deps, hub);
  streamNotificationsRoute(app, deps, hub);
}
