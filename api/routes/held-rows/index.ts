import type { ApiApp, ApiDeps } from '../../deps.ts';
import { listHeldRowsRoute } from './list.ts';

/** Rows that wait because they may be known lines. */
export function heldRowRoutes(app: ApiApp, deps: ApiDeps): void {
  listHeldRowsRoute(app, deps);
}
