import { describe, expect, it } from 'vitest';
import { buildApp } from '../../api/build-app.ts';
import type { ApiApp } from '../../api/deps.ts';
import { ACCOUNT, bearer, get, startApi } from '../support/api-under-test.ts';
import { waitFor } from '../support/wait-for.ts';

describe('the rate limit', () => {
  it('stops an address that keeps failing to authenticate, but no valid key', async () => {
    const limited = await startApi({
      rateLimits: { requestsPerMinute: 1_000, failedAuthPerMinute: 3, webhooksPerMinute: 1_000 },
    });
    try {
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 5; attempt += 1) {
        statuses.push((await get(limited, '/v1/status', 'nonsense')).statusCode);
      }
      expect(statuses).toEqual([401, 401, 401, 429, 429]);
      expect((await get(limited, '/v1/status')).statusCode).toBe(200);
    } finally {
      await limited.close();
    }
  });

  it.each([
    [
      'believes a trusted proxy: each caller behind it is limited alone',
      ['127.0.0.1'],
      [401, 429, 401],
    ],
    ['believes nobody else: one caller cannot pass for many', [], [401, 429, 429]],
  ])('%s', async (_what, trustedProxies, expected) => {
    const limited = await startApi({
      trustedProxies,
      rateLimits: { requestsPerMinute: 1_000, failedAuthPerMinute: 1, webhooksPerMinute: 1_000 },
    });
    try {
      const statuses: number[] = [];
      for (const caller of ['198.51.100.1', '198.51.100.1', '198.51.100.2']) {
        const answer = await limited.app.inject({
          url: '/v1/status',
          headers: { authorization: 'Bearer nonsense', 'x-forwarded-for': caller },
        });
        statuses.push(answer.statusCode);
      }
      expect(statuses).toEqual(expected);
    } finally {
      await limited.close();
    }
  });

  it('holds for all API processes together', async () => {
    const now = new Date();
    const limited = await startApi({
      rateLimits: { requestsPerMinute: 1_000, failedAuthPerMinute: 50, webhooksPerMinute: 1_000 },
      // No minute ends within the test.
      clock: () => now,
    });
    const other = buildApp(limited.deps);
    try {
      await other.ready();
      const failAt = async (app: ApiApp) =>
        (await app.inject({ url: '/v1/status', headers: bearer('nonsense') })).statusCode;
      for (let attempt = 0; attempt < 51; attempt += 1) await failAt(limited.app);
      expect(await failAt(other)).toBe(401);
      await waitFor('the counts of both are stored', async () => {
        const [stored] = await limited.database.owner<{ count: number }[]>`
          select sum(count)::int as count from request_counts where name like '%failed%'`;
        return stored?.count === 52;
      });
      let attempts = 1;
      await waitFor('the other process learns of them', async () => {
        attempts += 1;
        return (await failAt(other)) === 429;
      });
      expect(attempts).toBeLessThan(50);
    } finally {
      await other.close();
      await limited.close();
    }
  });

  it('counts the requests of each key separately', async () => {
    const limited = await startApi({
      rateLimits: { requestsPerMinute: 2, failedAuthPerMinute: 1_000, webhooksPerMinute: 1_000 },
    });
    try {
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        statuses.push((await get(limited, `/v1/bank-accounts/${ACCOUNT}`)).statusCode);
        statuses.push((await get(limited, '/v1/status')).statusCode);
      }
      expect(statuses).toEqual([404, 200, 404, 200, 429, 429]);
      const refused = await get(limited, '/v1/status');
      expect(refused.json()).toMatchObject({ code: 'request.rate_limited', status: 429 });
      expect(refused.headers['retry-after']).toBeDefined();
      expect((await get(limited, '/v1/status', limited.personKey)).statusCode).toBe(200);
    } finally {
      await limited.close();
    }
  });
});
