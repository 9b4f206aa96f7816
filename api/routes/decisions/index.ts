import type { ApiApp, ApiDeps } from '../../deps.ts';
import { approveDecisionRoute } from './approve.ts';
import { getDecisionRoute } from './get.ts';
import { givePayerRoute } from './give-payer.ts';
import { listDecisionsRoute } from './list.ts';
import { rejectDecisionRoute } from './reject.ts';

/** What people propose, approve and reject. */
export function decisionRoutes(app: ApiApp, deps: ApiDeps): void {
  approveDecisionRoute(app, deps);
  getDecisionRoute(app, deps);
  givePayerRoute(app, deps);
  listDecisionsRoute(app, deps);
  rejectDecisionRoute(app, deps);
}
