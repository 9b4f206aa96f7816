import type { GuardedRoute } from './guarded-route.ts';

/** What people do to the service, written by hand from the policy. */
export const ADMIN_ROUTES: readonly GuardedRoute[] = [
  { method: 'GET', url: '/v1/api-keys', at: '/v1/api-keys', scope: 'key:admin' },
  {
    method: 'POST',
    url: '/v1/api-keys/:id/expire',
    at: `/v1/api-keys/key_${'0'.repeat(32)}/expire`,
    scope: 'key:admin',
  },
  {
    method: 'POST',
    url: '/v1/api-keys/:id/revoke',
    at: `/v1/api-keys/key_${'0'.repeat(32)}/revoke`,
    scope: 'key:admin',
  },
  { method: 'GET', url: '/v1/gates', at: '/v1/gates', scope: 'gate:read' },
  {
    method: 'POST',
    url: '/v1/gates/:scope/close',
    at: '/v1/gates/all/close',
    scope: 'gate:operate',
  },
  { method: 'POST', url: '/v1/gates/:scope/open', at: '/v1/gates/all/open', scope: 'gate:operate' },
];
