import type { ApiApp, ApiDeps } from '../../deps.ts';
import { checkLivenessRoute } from './check-liveness.ts';
import { checkReadinessRoute } from './check-readiness.ts';
import { getErrorRoute } from './get-error.ts';
import { getIndexRoute } from './get-index.ts';
import { getOpenapiRoute } from './get-openapi.ts';
import { getStatusRoute } from './get-status.ts';
import { listErrorsRoute } from './list-errors.ts';

/** The service itself: health, status, errors and documentation. */
export function serviceRoutes(app: ApiApp, deps: ApiDeps): void {
  checkLivenessRoute(app);
  checkReadinessRoute(app, deps);
  getErrorRoute(app);
  getIndexRoute(app);
  getOpenapiRoute(app);
  getStatusRoute(app, deps);
  listErrorsRoute(app);
}
