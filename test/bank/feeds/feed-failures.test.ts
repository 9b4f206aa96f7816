import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { sendJson, startBank, type Answer } from '../support/bank-server.ts';
import {
  ALL_DIALECTS,
  aRow,
  feedAt,
  fetchAll,
  safeFailureOf,
  send,
  startFeed,
} from '../support/feed-kinds.ts';

describe.each(ALL_DIALECTS)('the $name feed, on failed responses,', (kind) => {
  const html = '<html>CUS12345671</html>';
  it.each<[string, string, (response: ServerResponse, page: string) => void]>([
    ['401', 'bank.unauthorized', (response) => response.writeHead(401).end(html)],
    ['403', 'bank.unauthorized', (response) => response.writeHead(403).end(html)],
    ['404', 'bank.bad_response', (response) => response.writeHead(404).end(html)],
    ['204', 'bank.bad_response', (response) => response.writeHead(204).end()],
    ['500', 'bank.unavailable', (response) => response.writeHead(500).end(html)],
    ['503', 'bank.unavailable', (response) => response.writeHead(503).end(html)],
    ['408', 'bank.unavailable', (response) => response.writeHead(408).end(html)],
    ['206', 'bank.bad_response', (response) => response.writeHead(206).end(html)],
    ['nothing', 'bank.bad_response', (response) => send(kind, response, '')],
    ['blanks', 'bank.bad_response', (response) => send(kind, response, ' \r\n')],
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
          .writeHead(200, { 'content-type': kind.contentType, 'content-encoding': 'gzip' })
          .end(gzipSync(page)),
    ],
    [
      'a page that is said to be gzip',
      'bank.bad_response',
      (response, page) =>
        response
          .writeHead(200, { 'content-type': kind.contentType, 'content-encoding': 'gzip' })
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
        response.writeHead(200, { 'content-type': kind.contentType, 'content-length': '5000' });
        response.write('{"transactions":[', () => response.socket?.destroy());
      },
    ],
  ])('reports %s as %s', async (_name, code, answer) => {
    const { feed } = await startFeed(kind, (_request, response) => {
      answer(response, kind.page([], 1, 1));
    });
    expect((await safeFailureOf(fetchAll(feed))).code).toBe(code);
  });

  it('never decompresses a small response into a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const { feed } = await startFeed(kind, (_request, response) => {
      response
        .writeHead(200, { 'content-type': kind.contentType, 'content-encoding': 'gzip' })
        .end(bomb);
    });
    expect(await safeFailureOf(fetchAll(feed))).toMatchObject({
      code: 'bank.bad_response',
      details: { reason: 'content_encoding' },
    });
  });

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect, so that no other host sees its key (%d)',
    async (status) => {
      const elsewhere = await startBank((_request, response) => response.writeHead(200).end());
      const { feed } = await startFeed(kind, (_request, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/` }).end();
      });
      expect(await safeFailureOf(fetchAll(feed))).toMatchObject({
        code: 'bank.bad_response',
        details: { status },
      });
      expect(elsewhere.requests).toEqual([]);
    },
  );

  it('accepts a response marked as not encoded', async () => {
    const { feed } = await startFeed(kind, (_request, response) => {
      response
        .writeHead(200, { 'content-type': kind.contentType, 'content-encoding': 'identity' })
        .end(kind.page([kind.row(aRow())], 1, 1));
    });
    expect((await fetchAll(feed)).sightings).toHaveLength(1);
  });

  it('reports an unreachable bank as unavailable', async () => {
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
    ['more seconds than there will be', { 'retry-after': '9'.repeat(40) }, 300_000],
    [
      'a day in another age',
      { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT', date: 'Fri, 20 Nov 2026 10:00:00 GMT' },
      300_000,
    ],
    ['nonsense', { 'retry-after': 'soon' }, 30_000],
    ['nonsense with a number', { 'retry-after': 'in 5 minutes' }, 30_000],
    ['a time before now', { 'retry-after': '-5' }, 30_000],
    ['part of a second', { 'retry-after': '1.5' }, 30_000],
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

  it('honours a 503 with a retry time', async () => {
    const { feed } = await startFeed(kind, (_request, response) => {
      response.writeHead(503, { 'retry-after': '7' }).end();
    });
    expect(await safeFailureOf(fetchAll(feed))).toMatchObject({
      code: 'bank.unavailable',
      details: { status: 503, retryAfterMs: 7_000 },
    });
  });

  it('gives up on a bank that hangs or sends a byte at a time', async () => {
    const hanging = await startFeed(kind, () => undefined, { limits: { deadlineMs: 150 } });
    const dripping = await startFeed(
      kind,
      (_request, response) => {
        response.writeHead(200, { 'content-type': kind.contentType });
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
          'content-type': kind.contentType,
          'content-length': '200000',
        });
        response.write('{');
      },
    ],
    [
      'endless',
      (_request, response) => {
        response.writeHead(200, { 'content-type': kind.contentType });
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

  it("ends with the caller's reason after an abort", async () => {
    const caller = new AbortController();
    const { feed } = await startFeed(kind, () => {
      caller.abort(new Error('stopped by the caller'));
    });
    await expect(fetchAll(feed, caller.signal)).rejects.toThrow('stopped by the caller');
    await expect(fetchAll(feed, caller.signal)).rejects.toThrow('stopped by the caller');
  });
});
