import type { ApiApp, ApiDeps } from '../../deps.ts';
import { listAuditEventsRoute } from './list.ts';

/** Who changed what, when and why. */
export function auditRoutes(app: ApiApp, deps: ApiDeps): void {
  listAuditEventsRoute(app, deps);
}
