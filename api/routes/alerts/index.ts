import type { ApiApp, ApiDeps } from '../../deps.ts';
import { listAlertsRoute } from './list.ts';

/** What a person must know. */
export function alertRoutes(app: ApiApp, deps: ApiDeps): void {
  listAlertsRoute(app, deps);
}
