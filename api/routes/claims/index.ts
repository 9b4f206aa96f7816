import type { ApiApp, ApiDeps } from '../../deps.ts';
import { createClaimRoute } from './create.ts';
import { getClaimRoute } from './get.ts';
import { withdrawClaimRoute } from './withdraw.ts';

/** A customer says “I have paid”. */
export function claimRoutes(app: ApiApp, deps: ApiDeps): void {
  createClaimRoute(app, deps);
  getClaimRoute(app, deps);
  withdrawClaimRoute(app, deps);
}
