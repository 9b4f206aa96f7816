import type { ApiApp, ApiDeps } from '../../deps.ts';
import { closeCaseRoute } from './close.ts';
import { listCasesRoute } from './list.ts';
import { pairCaseRoute } from './pair.ts';
import { takeBackCaseRoute } from './take-back.ts';

/** Lines that the bank changed after they were captured. */
export function caseRoutes(app: ApiApp, deps: ApiDeps): void {
  closeCaseRoute(app, deps);
  listCasesRoute(app, deps);
  pairCaseRoute(app, deps);
  takeBackCaseRoute(app, deps);
}
