import type { ApiApp, ApiDeps } from '../../deps.ts';
import { expireApiKeyRoute } from './expire.ts';
import { listApiKeysRoute } from './list.ts';
import { revokeApiKeyRoute } from './revoke.ts';

/** Who may call. Keys are made with `purser api-key`: whoever could make one here could be two people. */
export function apiKeyRoutes(app: ApiApp, deps: ApiDeps): void {
  expireApiKeyRoute(app, deps);
  listApiKeysRoute(app, deps);
  revokeApiKeyRoute(app, deps);
}
