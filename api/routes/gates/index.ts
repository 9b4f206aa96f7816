import type { ApiApp, ApiDeps } from '../../deps.ts';
import { closeGateRoute } from './close.ts';
import { listGatesRoute } from './list.ts';
import { openGateRoute } from './open.ts';

/** Gates stop crediting for one bank account, or for all. */
export function gateRoutes(app: ApiApp, deps: ApiDeps): void {
  closeGateRoute(app, deps);
  listGatesRoute(app, deps);
  openGateRoute(app, deps);
}
