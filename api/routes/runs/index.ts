import type { ApiApp, ApiDeps } from '../../deps.ts';
import { listRunsRoute } from './list.ts';

/** Reads of a bank account, and imports. */
export function runRoutes(app: ApiApp, deps: ApiDeps): void {
  listRunsRoute(app, deps);
}
