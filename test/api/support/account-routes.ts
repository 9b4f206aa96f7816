import { ACCOUNT } from '../../support/api-under-test.ts';

/** What the routes that list, add, change and pause bank accounts ask for. */
export const ACCOUNT_ROUTES = [
  { method: 'GET', url: '/v1/bank-accounts', at: '/v1/bank-accounts', scope: 'account:read' },
  { method: 'POST', url: '/v1/bank-accounts', at: '/v1/bank-accounts', scope: 'account:operate' },
  {
    method: 'POST',
    url: '/v1/bank-accounts/:key/changes',
    at: `/v1/bank-accounts/${ACCOUNT}/changes`,
    scope: 'account:operate',
  },
  {
    method: 'POST',
    url: '/v1/bank-accounts/:key/pauses',
    at: `/v1/bank-accounts/${ACCOUNT}/pauses`,
    scope: 'account:operate',
  },
  {
    method: 'POST',
    url: '/v1/bank-accounts/:key/resumptions',
    at: `/v1/bank-accounts/${ACCOUNT}/resumptions`,
    scope: 'account:operate',
  },
] as const;
