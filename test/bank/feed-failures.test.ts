import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { sendJson, type Answer } from './support/bank-server.ts';
import { FEED_DIALECTS } from './support/feed-dialects.ts';
import { feedAt, fetchAll, safeFailureOf, startFeed } from './support/feed-kinds.ts';

describe.each(FEED_DIALECTS)('the $name feed, on answers that are not JSON rows,', (kind) => {
  const html = '<html>CUS12345671</html>';
  it.each<[string, string, (response: ServerResponse, page: string) => void]>([
    ['401', 'bank.unauthorized', (response) => response.writeHead(401).end(html)],
    ['403', 'bank.unauthorized', (response) => response.writeHead(403).end(html)],
    ['404', 'bank.bad_response', (response) => response.writeHead(404).end(html)],
    ['204', 'bank.bad_response', (response) => response.writeHead(204).end()],
    ['500', 'bank.unavailable', (response) => response.writeHead(500).end(html)],
    ['503', 'bank.unavailable', (response) => response.writeHead(503).end(html)],
    ['408', 'bank.unavailable', (response) => response.writeHead(408).end(html)],
    [
      'a redirect',
      'bank.bad_response',
      (response) => response.writeHead(302, { location: '/x' }).end(),
    ],
    [
      'a page that is said to be HTML',
      'bank.bad_response',
      (response, page) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
    ],
    [
      'HTML with 200',
      'bank.bad_response',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(html),
    ],
    ['no content type', 'bank.bad_response', (response, page) => response.writeHead(200).end(page)],
    [
      'another charset',
      'bank.bad_response',
      (response, page) =>
        response.writeHead(200, { 'content-type': 'application/json;charset=utf-16' }).end(page),
    ],
    [
      'bytes that are not UTF-8',
      'bank.bad_response',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(Buffer.from('{"a":"\u00ff"}', 'latin1')),
    ],
    [
      'gzip',
      'bank.bad_response',
      (response, page) =>
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(gzipSync(page)),
    ],
    [
      'a page that is said to be gzip',
      'bank.bad_response',
      (response, page) =>
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(page),
    ],
    [
      'a list',
      'bank.bad_response',
      (response) => {
        sendJson(response, '[]');
      },
    ],
    [
      'no list',
      'bank.bad_response',
      (response) => {
        sendJson(
          response,
          '{"transactions":{},"page":1,"pages":1,"data":{},"meta":{"totalPages":1}}',
        );
      },
    ],
    ['a dropped connection', 'bank.unavailable', (response) => response.socket?.destroy()],
    [
      'a connection cut within the body',
      'bank.unavailable',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write('{"transactions":[', () => response.socket?.destroy());
      },
    ],
  ])('tells %s as %s', async (_name, code, answer) => {
    const { feed } = await startFeed(kind, (_request, response) => {
      answer(response, kind.page([], 1, 1));
    });
    expect((await safeFailureOf(fetchAll(feed))).code).toBe(code);
  });

  it('tells a bank that nobody answers for as unavailable', async () => {
    const error = await safeFailureOf(fetchAll(feedAt(kind, 'http://127.0.0.1:1')));
    expect(error).toMatchObject({
      code: 'bank.unavailable',
      details: { reason: 'ECONNREFUSED' },
    });
  });

  it.each<[string, Record<string, string>, number]>([
    ['seconds', { 'retry-after': '7' }, 7_000],
    [
      'a date',
      { 'retry-after': 'Fri, 20 Nov 2026 10:01:30 GMT', date: 'Fri, 20 Nov 2026 10:00:00 GMT' },
      90_000,
    ],
    [
      'a date that has passed',
      { 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT', date: 'Fri, 20 Nov 2026 10:00:00 GMT' },
      0,
    ],
    ['a week', { 'retry-after': '604800' }, 300_000],
    ['nonsense', { 'retry-after': 'soon' }, 30_000],
    ['nothing', {}, 30_000],
  ])('honours a 429 that names %s, within 5 minutes', async (_name, headers, retryAfterMs) => {
    const { feed } = await startFeed(kind, (_request, response) => {
      response.writeHead(429, headers).end();
    });
    expect(await safeFailureOf(fetchAll(feed))).toMatchObject({
      code: 'bank.rate_limited',
      details: { status: 429, retryAfterMs },
    });
  });

  it('gives up on a bank that hangs, and on one that sends a byte at a time', async () => {
    const hanging = await startFeed(kind, () => undefined, { limits: { deadlineMs: 150 } });
    const dripping = await startFeed(
      kind,
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
      { limits: { deadlineMs: 150 } },
    );
    for (const { feed } of [hanging, dripping]) {
      expect(await safeFailureOf(fetchAll(feed))).toMatchObject({
        code: 'bank.unavailable',
        details: { reason: 'deadline' },
      });
    }
  });

  it.each<[string, Answer]>([
    [
      'announced',
      (_request, response) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': '200000',
        });
        response.write('{');
      },
    ],
    [
      'endless',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const write = () => {
          while (!response.destroyed && response.write(' '.repeat(16_384)));
        };
        response.on('drain', write);
        write();
      },
    ],
  ])('stops at the size cap when a body is larger (%s)', async (_name, answer) => {
    const { feed } = await startFeed(kind, answer, { limits: { bodyBytesMax: 100_000 } });
    expect(await safeFailureOf(fetchAll(feed))).toMatchObject({
      code: 'bank.bad_response',
      details: { reason: 'body_too_large' },
    });
  });

  it('ends with the reason of the caller who aborts', async () => {
    const caller = new AbortController();
    const { feed } = await startFeed(kind, () => {
      caller.abort(new Error('stopped by the caller'));
    });
    await expect(fetchAll(feed, caller.signal)).rejects.toThrow('stopped by the caller');
    await expect(fetchAll(feed, caller.signal)).rejects.toThrow('stopped by the caller');
  });
});
