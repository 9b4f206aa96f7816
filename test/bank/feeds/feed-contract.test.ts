import { describe, expect, it } from 'vitest';
import { signedMinor } from '../../../domain/line/sighting.ts';
import { sendJson, startBank, type Answer } from '../support/bank-server.ts';
import { FEED_DIALECTS } from '../support/feed-dialects.ts';
import {
  ALL_DIALECTS,
  aRow,
  feedAt,
  fetchAll,
  safeFailureOf,
  send,
  startFeed,
  WINDOW,
} from '../support/feed-kinds.ts';
import { failureOf } from '../support/samples.ts';

describe.each(ALL_DIALECTS)('the $name feed', (kind) => {
  it('asks for whole days with its credentials and yields what the bank states', async () => {
    const rows = [
      aRow({ order: 2, amount: '"0.7"', direction: 'debit', reference: ' two ' }),
      aRow({ order: 1, date: '2026-11-14', amount: '12345678901.23' }),
    ];
    const { feed, bank } = await startFeed(kind, (_request, response) => {
      send(kind, response, kind.page(rows.map(kind.row), 1, 1));
    });

    const progress: unknown[] = [];
    const snapshot = await feed.fetchWindow(WINDOW, new AbortController().signal, (page) =>
      progress.push(page),
    );

    expect(feed.idStable).toBe(kind.idStable);
    expect(snapshot).toMatchObject({ window: WINDOW, pages: 1, unknownFields: [] });
    expect(progress).toEqual([{ page: 1, rows: 2 }]);
    const [first, second] = snapshot.sightings;
    expect(snapshot.sightings.map(signedMinor)).toEqual([-70n, 1_234_567_890_123n]);
    expect(first?.bookingDate).toBe('2026-11-20');
    expect(first?.references[0]).toBe('two');
    expect(first?.position).toMatch(kind.position);
    expect(second).toMatchObject({
      bankId: kind.idOf(aRow({ date: '2026-11-14' })),
      bookingDate: '2026-11-14',
      status: 'booked',
    });
    expect(first?.runningBalanceMinor).toBe(kind.statesBalances ? 1_025_000n : null);
    const asked = bank.requests.find(({ url }) => url.pathname === kind.path);
    const parameters = [...(asked?.url.searchParams.values() ?? [])];
    const written = parameters.map((text) =>
      text.replace(/^(\d{4})\/?(\d{2})\/?(\d{2})$/, '$1-$2-$3'),
    );
    expect(written).toEqual(expect.arrayContaining([...kind.askedDays]));
    expect(asked?.headers.authorization).toMatch(/^Bearer \S+-canary/);
    expect(asked?.headers['accept-encoding']).toBe('identity');
  });

  it('puts secrets into headers and the body of the token request, never into an address', async () => {
    const { feed, bank } = await startFeed(kind, (_request, response) => {
      send(kind, response, kind.page([kind.row(aRow())], 1, 1));
    });
    await fetchAll(feed);
    for (const { url } of bank.requests) expect(url.href).not.toContain('canary');
  });

  it('reads an empty window as no lines', async () => {
    const { feed } = await startFeed(kind, (_request, response) => {
      send(kind, response, kind.page([], 1, 0));
    });
    expect((await fetchAll(feed)).sightings).toEqual([]);
  });

  it('counts twins of one page twice', async () => {
    const twins = [aRow({ order: 2 }), aRow({ order: 1 })];
    const { feed } = await startFeed(kind, (_request, response) => {
      send(kind, response, kind.page(twins.map(kind.row), 1, 1));
    });
    expect((await fetchAll(feed)).sightings).toHaveLength(2);
  });

  it('reads a response that begins with a byte order mark', async () => {
    const { feed } = await startFeed(kind, (_request, response) => {
      send(kind, response, `\ufeff${kind.page([kind.row(aRow())], 1, 1)}`);
    });
    expect((await fetchAll(feed)).sightings).toHaveLength(1);
  });

  it('keeps nothing of a failed read: the next one requests the same days and is complete', async () => {
    let isDown = true;
    const { feed, bank } = await startFeed(kind, (_request, response) => {
      if (isDown) response.writeHead(503).end();
      else send(kind, response, kind.page([kind.row(aRow())], 1, 1));
    });
    await safeFailureOf(fetchAll(feed));
    isDown = false;
    expect((await fetchAll(feed)).sightings).toHaveLength(1);
    const asked = bank.requests.filter(({ url }) => url.pathname === kind.path);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.url.href).toBe(asked[0]?.url.href);
    expect(asked[1]?.body).toBe(asked[0]?.body);
  });
});

describe.each(FEED_DIALECTS)('the $name feed, over several pages,', (kind) => {
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      aRow({ order: count - index, reference: `PAYER ${count - index}` }),
    );

  /** Three rows a page; `rowsAt` tells what the account holds at the n-th request. */
  function paged(rowsAt: (requestNumber: number) => ReturnType<typeof rowsOf>): Answer {
    let asked = 0;
    return (request, response) => {
      asked += 1;
      const rows = rowsAt(asked);
      const page = kind.pageOf(request);
      const shown = rows.slice((page - 1) * 3, page * 3).map(kind.row);
      sendJson(response, kind.page(shown, page, Math.ceil(rows.length / 3)));
    };
  }

  it('reads all pages, then reads them again to confirm', async () => {
    const { feed, bank } = await startFeed(
      kind,
      paged(() => rowsOf(7)),
    );

    const snapshot = await fetchAll(feed);

    expect(snapshot.pages).toBe(3);
    expect(snapshot.sightings.map((each) => each.references[0])).toEqual(
      rowsOf(7).map((row) => row.reference),
    );
    expect(bank.requests.filter(({ url }) => url.pathname === kind.path)).toHaveLength(6);
  });

  it('neither misses nor doubles a row when rows arrive between two pages', async () => {
    const { feed } = await startFeed(
      kind,
      paged((number) => rowsOf(number === 1 ? 5 : 6)),
    );

    const snapshot = await fetchAll(feed);

    expect(snapshot.sightings.map((each) => each.bankId)).toEqual(rowsOf(6).map(kind.idOf));
  });

  it('misses no row when one is withdrawn between two pages', async () => {
    const { feed } = await startFeed(
      kind,
      paged((number) => rowsOf(6).filter((row) => number === 1 || row.order !== 6)),
    );
    expect((await fetchAll(feed)).sightings).toHaveLength(5);
  });

  it('refuses pages that change in every pass', async () => {
    const { feed } = await startFeed(
      kind,
      paged((number) => rowsOf(4 + number)),
    );
    expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.bad_response');
  });

  it('refuses a page that repeats', async () => {
    const { feed } = await startFeed(kind, (request, response) => {
      sendJson(response, kind.page(rowsOf(3).map(kind.row), kind.pageOf(request), 2));
    });

    const error = await safeFailureOf(fetchAll(feed));

    expect(error.code).toBe('bank.bad_response');
    expect(error.message).toContain('a page appeared twice');
  });

  it('refuses pages that overlap', async () => {
    const { feed } = await startFeed(kind, (request, response) => {
      const page = kind.pageOf(request);
      const rows = rowsOf(5).slice((page - 1) * 2, (page - 1) * 2 + 3);
      sendJson(response, kind.page(rows.map(kind.row), page, 2));
    });
    expect((await safeFailureOf(fetchAll(feed))).message).toContain('a row appeared on two pages');
  });

  it('fails whole when a later page fails', async () => {
    const { feed } = await startFeed(kind, (request, response) => {
      const page = kind.pageOf(request);
      if (page === 2) response.writeHead(503).end();
      else sendJson(response, kind.page([kind.row(aRow())], page, 3));
    });
    expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.unavailable');
  });

  it('reads again from its first page after a later one failed', async () => {
    let isDown = true;
    const { feed } = await startFeed(kind, (request, response) => {
      const page = kind.pageOf(request);
      if (page === 2 && isDown) response.writeHead(503).end();
      else sendJson(response, kind.page([kind.row(aRow({ order: 3 - page }))], page, 2));
    });
    await safeFailureOf(fetchAll(feed));
    isDown = false;
    expect((await fetchAll(feed)).sightings).toHaveLength(2);
  });

  it('gives up on a bank whose pages come one by one, but take too long together', async () => {
    const { feed, bank } = await startFeed(
      kind,
      (request, response) => {
        const page = kind.pageOf(request);
        const body = kind.page([kind.row(aRow({ order: 1_000 - page }))], page, 900);
        setTimeout(() => {
          sendJson(response, body);
        }, 40);
      },
      { limits: { totalMs: 300 } },
    );
    const error = await safeFailureOf(fetchAll(feed));
    expect(error).toMatchObject({
      code: 'bank.unavailable',
      details: { reason: 'total_deadline' },
    });
    expect(bank.requests.length).toBeLessThan(20);
  });

  it('renews a token that ends between two pages once, and a key never', async () => {
    let tokens = 0;
    const bank = await startBank((request, response) => {
      if (request.url.pathname === kind.tokenPath) {
        tokens += 1;
        sendJson(response, `{"access_token":"t${tokens}","expires_in":1799}`);
      } else if (request.url.pathname.endsWith('/pending-transactions')) {
        response.writeHead(404).end();
      } else if (kind.pageOf(request) === 2 && request.headers.authorization !== 'Bearer t2') {
        response.writeHead(401).end();
      } else {
        const page = kind.pageOf(request);
        sendJson(response, kind.page([kind.row(aRow({ order: 3 - page }))], page, 2));
      }
    });
    const outcome = fetchAll(feedAt(kind, bank.url));
    if (kind.tokenPath === undefined) {
      expect((await failureOf(outcome)).code).toBe('bank.unauthorized');
      expect(bank.requests).toHaveLength(2);
    } else {
      expect((await outcome).sightings).toHaveLength(2);
      expect(tokens).toBe(2);
    }
  });
});
