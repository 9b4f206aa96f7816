import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../domain/errors.ts';
import { bearer, get, post, startApi, type ApiUnderTest } from '../support/api-under-test.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

function open(url: string, headers: Readonly<Record<string, string>> = {}) {
  return service.app.inject({ method: 'GET', url, headers });
}

describe('the type of a problem', () => {
  it('points to an address of this server that explains the code', async () => {
    const nobody = `wal_${'0'.repeat(32)}`;
    const problems = await Promise.all([
      open('/v1/wallets/none'),
      open('/nowhere'),
      get(service, '/v1/wallets/not-an-id'),
      get(service, `/v1/wallets/${nobody}`),
      post(service, `/v1/wallets/${nobody}/spends`, { credits: '1' }),
      service.app.inject({ method: 'POST', url: '/v1/wallets', headers: bearer('wrong') }),
    ]);
    const types = problems.map((answer) => answer.json<{ type: string; code: string }>());
    expect(types.map(({ code }) => code)).toEqual([
      'auth.missing',
      'request.route_not_found',
      'request.invalid',
      'wallet.not_found',
      'wallet.not_found',
      'auth.invalid_key',
    ]);
    for (const { type, code } of types) {
      const explained = await open(type);
      expect([type, explained.statusCode]).toEqual([type, 200]);
      expect(explained.json()).toMatchObject({ code, whatHappened: expect.any(String) as unknown });
    }
  });

  it('answers for every existing code, in words for people and for programs', async () => {
    const { items } = (await open('/errors')).json<{ items: readonly { code: string }[] }>();
    expect(items.map(({ code }) => code)).toEqual([...ERROR_CODES]);
    for (const code of ERROR_CODES) {
      const page = await open(`/errors/${code}`, BROWSER);
      expect([code, page.statusCode]).toEqual([code, 200]);
      expect(page.body).toContain('<strong>What to do.</strong> ');
      expect(page.body).not.toMatch(/\]\(|\*\*|<script/);
    }
  });

  it('gives a browser a page, under a policy that runs nothing', async () => {
    const page = await open('/errors/wallet.not_found', BROWSER);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+';/,
    );
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    expect(page.headers['vary']).toContain('Accept');
    expect(page.body).toContain('<a href="/errors/wallet.not_found">');
    const all = await open('/errors', BROWSER);
    expect(all.body.match(/<h2>/g)).toHaveLength(ERROR_CODES.length);
  });

  it('answers 404 for a code that does not exist', async () => {
    const answer = await open('/errors/wallet.on_fire');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'request.route_not_found' });
  });
});

describe('GET /', () => {
  it('sends a browser to the documentation', async () => {
    const answer = await open('/', BROWSER);
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('/docs');
  });

  it('links programs to the documentation, the OpenAPI document and the errors', async () => {
    const answer = await open('/');
    expect(answer.statusCode).toBe(200);
    const { links } = answer.json<{ links: Readonly<Record<string, string>> }>();
    expect(Object.keys(links)).toEqual(['docs', 'openapi', 'errors']);
    for (const link of Object.values(links)) expect((await open(link)).statusCode).toBe(200);
  });
});

describe('the documentation page', () => {
  it('comes with everything that it loads, under its own content policy', async () => {
    const page = await open('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
    const loads = [...page.body.matchAll(/(?:src|href)="(\.?\/[^"]+)"/g)].map(
      ([, url = '']) => url,
    );
    expect(loads.length).toBeGreaterThan(2);
    for (const url of loads) {
      const loaded = await open(new URL(url, 'http://api.test/docs').pathname);
      expect([url, loaded.statusCode]).toEqual([url, 200]);
    }
    const api = await get(service, '/v1/wallets/not-an-id');
    expect(api.headers['content-security-policy']).toContain("default-src 'none'");
    expect(api.headers['cache-control']).toBe('no-store');
  });

  it('does not upgrade a browser to https while it is served over plain http', async () => {
    for (const url of ['/docs', '/docs/static/index.html', '/errors', '/', '/health/live']) {
      const { headers } = await open(url, { ...BROWSER, host: 'purser.internal:8080' });
      expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
      expect(headers).not.toHaveProperty('strict-transport-security');
      expect(headers).not.toHaveProperty('cross-origin-opener-policy');
      expect(headers).not.toHaveProperty('origin-agent-cluster');
    }
  });

  it('keeps browsers on https behind a proxy that ends TLS', async () => {
    const { headers } = await open('/docs', { ...BROWSER, 'x-forwarded-proto': 'https' });
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['origin-agent-cluster']).toBe('?1');
  });
});
