import type { ApiApp, ApiDeps } from '../../deps.ts';
import { correctDepositRoute } from './correct.ts';
import { getDepositRoute } from './get.ts';
import { listDepositsRoute } from './list.ts';

/** Money that came in, and its story. */
export function depositRoutes(app: ApiApp, deps: ApiDeps): void {
  correctDepositRoute(app, deps);
  getDepositRoute(app, deps);
  listDepositsRoute(app, deps);
}
