import type { ApiApp, ApiDeps } from '../../deps.ts';
import { receiveBankEventRoute } from './receive.ts';

/** Events that banks send. */
export function webhookRoutes(app: ApiApp, deps: ApiDeps): void {
  receiveBankEventRoute(app, deps);
}
