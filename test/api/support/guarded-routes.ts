import type { Scope } from '../../../api/auth/scopes.ts';
import { ADMIN_ROUTES } from './guarded-admin-routes.ts';
import { ACCOUNT } from '../../support/api-under-test.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';

const WALLET = `wal_${'0'.repeat(32)}`;
const DEPOSIT = `dep_${'0'.repeat(32)}`;
const DECISION = `dec_${'0'.repeat(32)}`;
const CLAIM = `clm_${'0'.repeat(32)}`;
const STATEMENT = `stf_${'0'.repeat(32)}`;

export type Method = 'GET' | 'POST' | 'PUT';

/** What a route does for a bound key: it holds the key to one thing, shows a part, or makes a wallet. */
type Bound = 'thing' | 'list' | 'newWallet';

export interface GuardedRoute {
  readonly method: Method;
  readonly url: string;
  readonly at: string;
  readonly scope: Scope;
  /** Without it, the route refuses bound keys. */
  readonly bound?: Bound;
  /** True if wallet tokens may call it. */
  readonly tokens?: true;
}

/** Written by hand from the policy: what each route asks for. */
export const GUARDED: readonly GuardedRoute[] = [
  { method: 'GET', url: '/v1/alerts', at: '/v1/alerts', scope: 'status:read' },
  {
    method: 'POST',
    url: '/v1/wallets',
    at: '/v1/wallets',
    scope: 'wallet:create',
    bound: 'newWallet',
  },
  {
    method: 'GET',
    url: '/v1/wallets',
    at: '/v1/wallets?code=CUS00000018',
    scope: 'wallet:read',
    bound: 'list',
  },
  {
    method: 'GET',
    url: '/v1/wallets/:id',
    at: `/v1/wallets/${WALLET}`,
    scope: 'wallet:read',
    bound: 'thing',
    tokens: true,
  },
  {
    method: 'GET',
    url: '/v1/wallets/:id/transactions',
    at: `/v1/wallets/${WALLET}/transactions`,
    scope: 'wallet:read',
    bound: 'thing',
    tokens: true,
  },
  {
    method: 'GET',
    url: '/v1/wallets/:id/notifications',
    at: `/v1/wallets/${WALLET}/notifications`,
    scope: 'wallet:read',
    bound: 'thing',
    tokens: true,
  },
  {
    method: 'GET',
    url: '/v1/wallets/:id/events',
    at: `/v1/wallets/${WALLET}/events`,
    scope: 'wallet:read',
    bound: 'thing',
    tokens: true,
  },
  {
    method: 'POST',
    url: '/v1/wallets/:id/notifications/:notificationId/read',
    at: `/v1/wallets/${WALLET}/notifications/1/read`,
    scope: 'notification:write',
    bound: 'thing',
  },
  {
    method: 'POST',
    url: '/v1/wallets/:id/spends',
    at: `/v1/wallets/${WALLET}/spends`,
    scope: 'wallet:spend',
    bound: 'thing',
  },
  {
    method: 'GET',
    url: '/v1/wallets/:id/notifications/stream',
    at: `/v1/wallets/${WALLET}/notifications/stream`,
    scope: 'wallet:read',
    bound: 'thing',
    tokens: true,
  },
  {
    method: 'POST',
    url: '/v1/wallets/:id/tokens',
    at: `/v1/wallets/${WALLET}/tokens`,
    scope: 'wallet:mint_token',
    bound: 'thing',
  },
  { method: 'POST', url: '/v1/claims', at: '/v1/claims', scope: 'claim:write', bound: 'thing' },
  {
    method: 'GET',
    url: '/v1/claims/:id',
    at: `/v1/claims/${CLAIM}`,
    scope: 'claim:read',
    bound: 'thing',
  },
  {
    method: 'POST',
    url: '/v1/claims/:id/withdraw',
    at: `/v1/claims/${CLAIM}/withdraw`,
    scope: 'claim:write',
    bound: 'thing',
  },
  {
    method: 'GET',
    url: '/v1/reviews/:depositId/suggestions',
    at: `/v1/reviews/${DEPOSIT}/suggestions`,
    scope: 'review:read',
    bound: 'thing',
  },
  {
    method: 'POST',
    url: '/v1/wallets/:id/payer-memory/revocations',
    at: `/v1/wallets/${WALLET}/payer-memory/revocations`,
    scope: 'review:decide',
  },
  {
    method: 'POST',
    url: '/v1/wallets/:id/status',
    at: `/v1/wallets/${WALLET}/status`,
    scope: 'wallet:operate',
  },
  ...ACCOUNT_ROUTES,
  ...ADMIN_ROUTES,
  {
    method: 'GET',
    url: '/v1/bank-accounts/:key/proofs',
    at: `/v1/bank-accounts/${ACCOUNT}/proofs`,
    scope: 'status:read',
    bound: 'thing',
  },
  { method: 'GET', url: '/v1/cases', at: '/v1/cases', scope: 'review:read' },
  { method: 'GET', url: '/v1/held-rows', at: '/v1/held-rows', scope: 'review:read' },
  { method: 'POST', url: '/v1/cases/:id/close', at: '/v1/cases/1/close', scope: 'review:decide' },
  {
    method: 'POST',
    url: '/v1/cases/:id/take-back',
    at: '/v1/cases/1/take-back',
    scope: 'review:decide',
  },
  { method: 'POST', url: '/v1/cases/:id/pair', at: '/v1/cases/1/pair', scope: 'review:decide' },
  { method: 'GET', url: '/v1/deposits', at: '/v1/deposits', scope: 'deposit:read', bound: 'list' },
  {
    method: 'GET',
    url: '/v1/deposits/:id',
    at: `/v1/deposits/${DEPOSIT}`,
    scope: 'deposit:read',
    bound: 'thing',
  },
  { method: 'GET', url: '/v1/reviews', at: '/v1/reviews', scope: 'review:read', bound: 'list' },
  { method: 'GET', url: '/v1/returns', at: '/v1/returns', scope: 'review:read' },
  {
    method: 'GET',
    url: '/v1/returns/export',
    at: '/v1/returns/export',
    scope: 'return:export',
  },
  {
    method: 'POST',
    url: '/v1/returns/exports',
    at: '/v1/returns/exports',
    scope: 'return:export',
  },
  { method: 'GET', url: '/v1/decisions', at: '/v1/decisions', scope: 'review:read' },
  {
    method: 'GET',
    url: '/v1/decisions/:id',
    at: `/v1/decisions/${DECISION}`,
    scope: 'review:read',
  },
  {
    method: 'POST',
    url: '/v1/decisions/:id/approve',
    at: `/v1/decisions/${DECISION}/approve`,
    scope: 'decision:approve',
  },
  {
    method: 'POST',
    url: '/v1/decisions/:id/reject',
    at: `/v1/decisions/${DECISION}/reject`,
    scope: 'decision:approve',
  },
  {
    method: 'PUT',
    url: '/v1/decisions/:id/payer',
    at: `/v1/decisions/${DECISION}/payer`,
    scope: 'review:decide',
  },
  {
    method: 'POST',
    url: '/v1/deposits/:id/corrections',
    at: `/v1/deposits/${DEPOSIT}/corrections`,
    scope: 'review:decide',
  },
  {
    method: 'POST',
    url: '/v1/reviews/:depositId/decisions',
    at: `/v1/reviews/${DEPOSIT}/decisions`,
    scope: 'review:decide',
  },
  { method: 'GET', url: '/v1/reviews/export', at: '/v1/reviews/export', scope: 'review:read' },
  {
    method: 'POST',
    url: '/v1/reviews/bulk-decisions',
    at: '/v1/reviews/bulk-decisions',
    scope: 'review:decide',
  },
  {
    method: 'POST',
    url: '/v1/reviews/:depositId/assign',
    at: `/v1/reviews/${DEPOSIT}/assign`,
    scope: 'review:work',
    bound: 'thing',
  },
  {
    method: 'POST',
    url: '/v1/reviews/:depositId/comments',
    at: `/v1/reviews/${DEPOSIT}/comments`,
    scope: 'review:work',
    bound: 'thing',
  },
  {
    method: 'GET',
    url: '/v1/reviews/:depositId/comments',
    at: `/v1/reviews/${DEPOSIT}/comments`,
    scope: 'review:read',
    bound: 'thing',
  },
  {
    method: 'POST',
    url: '/v1/bank-accounts/:key/reconcile',
    at: `/v1/bank-accounts/nobody/reconcile`,
    scope: 'run:start',
    bound: 'thing',
  },
  {
    method: 'POST',
    url: '/v1/bank-accounts/:key/release-batch',
    at: '/v1/bank-accounts/nobody/release-batch',
    scope: 'review:decide',
  },
  {
    method: 'POST',
    url: '/v1/bank-accounts/:key/statements',
    at: '/v1/bank-accounts/nobody/statements',
    scope: 'statement:write',
    bound: 'thing',
  },
  {
    method: 'GET',
    url: '/v1/statements',
    at: '/v1/statements',
    scope: 'statement:read',
    bound: 'list',
  },
  {
    method: 'GET',
    url: '/v1/statements/:id',
    at: `/v1/statements/${STATEMENT}`,
    scope: 'statement:read',
    bound: 'thing',
  },
  {
    method: 'POST',
    url: '/v1/statements/:id/release',
    at: `/v1/statements/${STATEMENT}/release`,
    scope: 'statement:release',
  },
  { method: 'GET', url: '/v1/audit', at: '/v1/audit', scope: 'audit:read' },
  { method: 'GET', url: '/v1/runs', at: '/v1/runs', scope: 'run:read', bound: 'list' },
  { method: 'GET', url: '/v1/status', at: '/v1/status', scope: 'status:read' },
];
