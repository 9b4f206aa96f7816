import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../api/auth/api-keys.ts';
import { buildApp } from '../../api/build-app.ts';
import { PERSON_ONLY_SCOPES, SCOPES } from '../../api/auth/scopes.ts';
import { markApiKeyRevoked } from '../../db/queries/api-keys.ts';
import { newId } from '../../db/new-id.ts';
import { isCoded } from '../../domain/errors.ts';
import type { Method } from './support/guarded-route.ts';
import { GUARDED } from './support/guarded-routes.ts';
import { listServedRoutes } from './support/served-routes.ts';
import { sqlStateOf } from '../support/sql-state.ts';
import {
  ACCOUNT,
  bearer,
  createdWallet,
  get,
  idOf,
  keyOf,
  PEPPER,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

const OPEN = [
  'GET /',
  'GET /errors',
  'GET /errors/:code',
  'GET /health/live',
  'GET /health/ready',
  'GET /openapi.json',
  'POST /webhooks/bank/:key',
];

let service: ApiUnderTest;
let walletToken: string;
beforeAll(async () => {
  service = await startApi();
  const { id } = await createdWallet(service);
  const minted = await post(service, `/v1/wallets/${id}/tokens`, {});
  walletToken = minted.json<{ token: string }>().token;
});
afterAll(() => service.close());

function ask(
  route: { readonly method: Method; readonly at: string },
  headers: Readonly<Record<string, string>>,
) {
  return service.app.inject({
    method: route.method,
    url: route.at,
    headers: { ...headers, 'idempotency-key': 'matrix' },
  });
}

describe('the API server', () => {
  it('lists every route in this matrix or as deliberately open', async () => {
    const served = (await listServedRoutes(service.deps)).map(
      ({ method, url }) => `${method} ${url}`,
    );
    const expected = [...GUARDED.map(({ method, url }) => `${method} ${url}`), ...OPEN];
    expect(served.toSorted()).toEqual(expected.toSorted());
  });

  it('refuses to start with a route that has no policy', async () => {
    const app = buildApp(service.deps);
    app.register(async (scope) => {
      await Promise.resolve();
      scope.get('/v1/forgotten', () => ({}));
    });
    await expect(app.ready()).rejects.toThrow('/v1/forgotten has no policy');
  });
});

describe.each(GUARDED)('$method $url', (route) => {
  it('answers 401 without a key and with a key in the address', async () => {
    const answer = await ask(route, {});
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'auth.missing' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="purser"');
    const glue = route.at.includes('?') ? '&' : '?';
    const inAddress = { ...route, at: `${route.at}${glue}key=${service.serviceKey}` };
    expect((await ask(inAddress, {})).statusCode).toBe(401);
  });

  it('answers 403 to a key with every other scope', async () => {
    const others = SCOPES.filter((scope) => scope !== route.scope);
    const answer = await ask(route, bearer(await keyOf(service.database, 'person', others)));
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'auth.forbidden' });
  });

  it('admits a key that has only its scope', async () => {
    const answer = await ask(route, bearer(await keyOf(service.database, 'person', [route.scope])));
    expect([401, 403]).not.toContain(answer.statusCode);
  });

  it('holds a bound key to its bounds, or refuses it', async () => {
    if (PERSON_ONLY_SCOPES.has(route.scope)) {
      // No service may hold such a scope, and no person's key is bound.
      expect(route.bound).toBeUndefined();
      return;
    }
    const bounds = { boundAccounts: [ACCOUNT], ownWallets: true };
    const key = await keyOf(service.database, 'service', [route.scope], bounds);
    const answer = await ask(route, bearer(key));
    const beyond = route.at.includes(ACCOUNT) ? [200] : [400, 404, 409, 415];
    const expected = { thing: beyond, list: [200, 404], newWallet: [400, 415] };
    expect(route.bound === undefined ? [403] : expected[route.bound]).toContain(answer.statusCode);
  });

  it('takes a wallet token for nothing but reads of that wallet', async () => {
    const answer = await ask(route, bearer(walletToken));
    expect(answer.statusCode).toBe(route.tokens === true ? 404 : 403);
  });
});

describe('the check of a key', () => {
  it('refuses an unknown, malformed or altered key, and a key of another deployment', async () => {
    const key = service.serviceKey;
    const wrong = [
      '',
      'nonsense',
      key.slice(0, -1),
      `${key.slice(0, -2)}${key.endsWith('AA') ? 'BB' : 'AA'}`,
      `${key}x`,
      key.replace('purser_trial_', 'purser_production_'),
      key.toUpperCase(),
      key.replace(/_[0-9a-f]{32}_/, `_${'0'.repeat(32)}_`),
    ];
    for (const each of wrong) {
      const answer = await get(service, '/v1/status', each);
      expect([each, answer.statusCode]).toEqual([each, 401]);
      expect(answer.json()).toMatchObject({ code: 'auth.invalid_key' });
    }
    const basic = await service.app.inject({
      url: '/v1/status',
      headers: { authorization: `Basic ${Buffer.from(`x:${key}`).toString('base64')}` },
    });
    expect(basic.statusCode).toBe(401);
  });

  it('refuses an expired key', async () => {
    const made = await createApiKey(service.database.db, {
      name: 'short',
      ownerKind: 'service',
      scopes: ['status:read'],
      pepper: PEPPER,
      deployment: 'trial',
      expiresAt: new Date(Date.now() - 1),
    });
    expect((await get(service, '/v1/status', made.key)).statusCode).toBe(401);
  });

  it('refuses a key within two seconds after its revocation', async () => {
    let now = Date.now();
    const moving = await startApi({ clock: () => new Date(now) });
    try {
      const made = await createApiKey(moving.database.db, {
        name: 'revoked',
        ownerKind: 'service',
        scopes: ['status:read'],
        pepper: PEPPER,
        deployment: 'trial',
      });
      expect((await get(moving, '/v1/status', made.key)).statusCode).toBe(200);
      expect(await markApiKeyRevoked(moving.database.db, made.id)).toBe(true);
      now += 2_000;
      expect((await get(moving, '/v1/status', made.key)).statusCode).toBe(401);
    } finally {
      await moving.close();
    }
  });

  it('stores a key only as a hash that needs the pepper, and never logs it', async () => {
    const secret = service.serviceKey.slice(-54, -11);
    const rows = await service.database.owner`select * from api_keys`;
    const hash: unknown = rows.find(({ id }) => id === idOf(service.serviceKey))?.['secret_hash'];
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(service.logged()).not.toContain(secret);
  });

  it('records when a key was used', async () => {
    await get(service, '/v1/status');
    const [row] = await service.database.owner<{ used: number }[]>`
      select count(*)::int as used from api_keys where last_used_at is not null`;
    expect(row?.used).toBeGreaterThan(0);
  });

  it('never lets a service decide a review, even with the scope', async () => {
    await expect(keyOf(service.database, 'service', ['review:decide'])).rejects.toSatisfy((error) =>
      isCoded(error, 'auth.forbidden'),
    );
    const key = await keyOf(service.database, 'person', ['review:decide']);
    const [row] = await service.database.owner<{ secret_hash: string }[]>`
      select secret_hash from api_keys where id = ${idOf(key)}`;
    const asService = service.database.db.execute(sql`
      select create_api_key(${newId('apiKey')}, ${row?.secret_hash ?? ''}, 'robot', 'service', null, 'robot',
        '{review:decide}', null, false, null, null)`);
    expect(await sqlStateOf(asService)).toBe('23514 api_keys_scopes_of_persons');
  });
});
