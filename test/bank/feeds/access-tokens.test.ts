import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { sendJson, startBank } from '../support/bank-server.ts';
import { FEED_DIALECTS } from '../support/feed-dialects.ts';
import { aRow, feedAt, fetchAll, safeFailureOf } from '../support/feed-kinds.ts';

type Reply = (response: ServerResponse, asked: number) => void;
const NO_ANSWER: Reply = () => undefined;
/** A deadline that is only there to end what hangs. */
const PATIENT_MS = 300_000;
const TOKEN_FEEDS = FEED_DIALECTS.filter(({ tokenPath }) => tokenPath !== undefined);

describe.each(TOKEN_FEEDS)('the token of the $name feed', (kind) => {
  /** A bank with two pages whose token endpoint answers so, and which says 401 where `isRefused` holds. */
  async function startTokenBank(
    reply: Reply,
    isRefused: (token: string) => boolean = () => false,
    deadlineMs = PATIENT_MS,
  ) {
    let asked = 0;
    const clock = { ms: 0 };
    const bank = await startBank((request, response) => {
      if (request.url.pathname === kind.tokenPath) {
        asked += 1;
        reply(response, asked);
      } else if (request.url.pathname.endsWith('/pending-transactions')) {
        response.writeHead(404).end();
      } else if (isRefused(request.headers.authorization ?? '')) {
        response.writeHead(401).end();
      } else {
        const page = kind.pageOf(request);
        sendJson(response, kind.page([kind.row(aRow({ order: 3 - page }))], page, 2));
      }
    });
    const feed = feedAt(kind, bank.url, {
      now: () => clock.ms,
      limits: { deadlineMs },
    });
    const tokens = () => bank.requests.filter(({ url }) => url.pathname === kind.tokenPath);
    return { feed, bank, clock, tokens };
  }
  const issue =
    (life: string): Reply =>
    (response, asked) => {
      sendJson(response, `{"access_token":"t${asked}","token_type":"Bearer","expires_in":${life}}`);
    };

  it.each<[string, string, Reply]>([
    ['401', 'bank.unauthorized', (response) => response.writeHead(401).end('SECRET-canary')],
    ['403', 'bank.unauthorized', (response) => response.writeHead(403).end()],
    [
      '400, as OAuth has it for a client that nobody knows',
      'bank.unauthorized',
      (response) => {
        sendJson(response, '{"error":"invalid_client","hint":"SECRET-canary"}', 400);
      },
    ],
    ['404', 'bank.bad_response', (response) => response.writeHead(404).end()],
    ['500', 'bank.unavailable', (response) => response.writeHead(500).end()],
    ['503', 'bank.unavailable', (response) => response.writeHead(503).end()],
    ['no answer', 'bank.unavailable', NO_ANSWER],
    [
      'a redirect',
      'bank.bad_response',
      (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    [
      'a web page',
      'bank.bad_response',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    [
      'a list',
      'bank.bad_response',
      (response) => {
        sendJson(response, '[]');
      },
    ],
    [
      'no token',
      'bank.bad_response',
      (response) => {
        sendJson(response, '{"expires_in":60}');
      },
    ],
    [
      'two tokens',
      'bank.bad_response',
      (response) => {
        sendJson(response, '{"access_token":"a","access_token":"b","expires_in":60}');
      },
    ],
    [
      'a token that breaks out of its header',
      'bank.bad_response',
      (response) => {
        sendJson(response, '{"access_token":"a\\r\\nx-more: 1","expires_in":60}');
      },
    ],
  ])('makes one request: an endpoint that answers %s leads to %s', async (_name, code, reply) => {
    const deadlineMs = reply === NO_ANSWER ? 300 : PATIENT_MS;
    const { feed, bank } = await startTokenBank(reply, () => false, deadlineMs);
    expect((await safeFailureOf(fetchAll(feed))).code).toBe(code);
    expect(bank.requests).toHaveLength(1);
  });

  it('waits for the retry time that its endpoint names', async () => {
    const { feed } = await startTokenBank((response) =>
      response.writeHead(429, { 'retry-after': '9' }).end(),
    );
    expect(await safeFailureOf(fetchAll(feed))).toMatchObject({
      code: 'bank.rate_limited',
      details: { retryAfterMs: 9_000 },
    });
  });

  it.each(['1799', '"1799"'])('stays in use until a minute before it ends (%s)', async (life) => {
    const { feed, clock, tokens } = await startTokenBank(issue(life));
    await fetchAll(feed);
    clock.ms = 1_738_999;
    await fetchAll(feed);
    expect(tokens()).toHaveLength(1);
    clock.ms = 1_739_000;
    await fetchAll(feed);
    expect(tokens()).toHaveLength(2);
  });

  it('stays in use for half of a short lifetime, without a request for every page', async () => {
    const { feed, clock, tokens } = await startTokenBank(issue('60'));
    await fetchAll(feed);
    expect(tokens()).toHaveLength(1);
    clock.ms = 30_000;
    await fetchAll(feed);
    expect(tokens()).toHaveLength(2);
  });

  it('expires after a day, however long its lifetime', async () => {
    const { feed, clock, tokens } = await startTokenBank(issue('31536000'));
    await fetchAll(feed);
    clock.ms = 86_400_000;
    await fetchAll(feed);
    expect(tokens()).toHaveLength(2);
  });

  it.each(['null', '"soon"', '-5', '1.5', '""', '"0x10"'])(
    'fails when it lives for %s',
    async (life) => {
      const { feed } = await startTokenBank(issue(life));
      expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.bad_response');
    },
  );

  it('renews once after a revocation, and not again for the same request', async () => {
    const revoked = await startTokenBank(issue('1799'), (token) => token !== 'Bearer t2');
    expect((await fetchAll(revoked.feed)).sightings).toHaveLength(2);
    expect(revoked.tokens()).toHaveLength(2);
    const refused = await startTokenBank(issue('1799'), () => true);
    expect((await safeFailureOf(fetchAll(refused.feed))).code).toBe('bank.unauthorized');
    expect(refused.tokens()).toHaveLength(2);
  });

  it('fails with the code of its endpoint if it cannot be renewed', async () => {
    const { feed } = await startTokenBank(
      (response, asked) => {
        if (asked === 1) issue('1799')(response, asked);
        else response.writeHead(503).end();
      },
      () => true,
    );
    expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.unavailable');
  });
});
