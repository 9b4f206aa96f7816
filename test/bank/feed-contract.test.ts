import { describe, expect, it } from 'vitest';
import { signedMinor } from '../../domain/sighting.ts';
import { sendJson, type Answer } from './support/bank-server.ts';
import { FEED_DIALECTS } from './support/feed-dialects.ts';
import { aRow, fetchAll, safeFailureOf, startFeed, WINDOW } from './support/feed-kinds.ts';

describe.each(FEED_DIALECTS)('the $name feed', (kind) => {
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      aRow({ order: count - index, reference: `PAYER ${count - index}` }),
    );

  it('asks for whole days with its credentials and yields what the bank states', async () => {
    const rows = [
      aRow({ order: 2, amount: '"0.7"', direction: 'debit', reference: ' two ' }),
      aRow({ order: 1, date: '2026-11-14', amount: '12345678901.23' }),
    ];
    const { feed, bank } = await startFeed(kind, (_request, response) => {
      sendJson(response, kind.page(rows.map(kind.row), 1, 1));
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
    expect(first).toMatchObject({ bookingDate: '2026-11-20', references: ['two'] });
    expect(first?.position).toMatch(/^page 1, (booked )?row 1$/);
    expect(second).toMatchObject({
      bankId: kind.idOf(aRow({ date: '2026-11-14' })),
      status: 'booked',
    });
    expect(snapshot.sightings[0]?.runningBalanceMinor).toBe(1_025_000n);
    const asked = bank.requests.find(({ url }) => url.pathname === kind.path);
    const parameters = [...(asked?.url.searchParams.values() ?? [])];
    const written = parameters.map((text) =>
      text.replace(/^(\d{4})\/?(\d{2})\/?(\d{2})$/, '$1-$2-$3'),
    );
    expect(written).toEqual(expect.arrayContaining([...kind.askedDays]));
    expect(asked?.headers.authorization).toMatch(/^Bearer \S+-canary/);
    expect(asked?.headers['accept-encoding']).toBe('identity');
  });

  it('reads an empty window as no lines', async () => {
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, kind.page([], 1, 0));
    });
    expect((await fetchAll(feed)).sightings).toEqual([]);
  });

  it('counts twins of one page twice', async () => {
    const twins = [aRow({ order: 2 }), aRow({ order: 1 })];
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, kind.page(twins.map(kind.row), 1, 1));
    });
    expect((await fetchAll(feed)).sightings).toHaveLength(2);
  });

  describe('pages', () => {
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

    it('reads all pages, and reads them again to be sure', async () => {
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

    it('misses and doubles no row when rows come in between two pages', async () => {
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

    it('refuses pages that never hold still', async () => {
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
      expect(error.message).toContain('a page came twice');
    });

    it('refuses pages that overlap', async () => {
      const { feed } = await startFeed(kind, (request, response) => {
        const page = kind.pageOf(request);
        const rows = rowsOf(5).slice((page - 1) * 2, (page - 1) * 2 + 3);
        sendJson(response, kind.page(rows.map(kind.row), page, 2));
      });
      expect((await safeFailureOf(fetchAll(feed))).message).toContain('a row came on two pages');
    });

    it('fails whole when a later page fails', async () => {
      const { feed } = await startFeed(kind, (request, response) => {
        const page = kind.pageOf(request);
        if (page === 2) response.writeHead(503).end();
        else sendJson(response, kind.page([kind.row(aRow())], page, 3));
      });
      expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.unavailable');
    });
  });
});
