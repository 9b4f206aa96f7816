import type { ApiApp, ApiDeps } from '../../deps.ts';
import { exportReturnsRoute } from './export.ts';
import { listReturnsRoute } from './list.ts';
import { takeReturnsRoute } from './take.ts';

/** Money on its way back to payers. */
export function returnRoutes(app: ApiApp, deps: ApiDeps): void {
  exportReturnsRoute(app, deps);
  listReturnsRoute(app, deps);
  takeReturnsRoute(app, deps);
}
