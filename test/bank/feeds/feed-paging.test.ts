import { describe, expect, it } from 'vitest';
import { sendJson, startBank } from '../support/bank-server.ts';
import { FEED_DIALECTS } from '../support/feed-dialects.ts';
import { aRow, feedAt, fetchAll, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

const rowOf = (kind: (typeof FEED_DIALECTS)[number], page: number) =>
  kind.row(aRow({ order: 1_000 - page, reference: `PAYER ${page}` }));
const named = (by: 'count' | 'cursor' | 'link') =>
  FEED_DIALECTS.flatMap((kind) => {
    const { leadingTo } = kind;
    return kind.leadsBy === by && leadingTo !== undefined ? [{ ...kind, leadingTo }] : [];
  });

describe.each(named('link'))('a link to the next page of the $name feed', (kind) => {
  const lastSegment = kind.path.split('/').at(-1) ?? '';
  it.each([
    ['a whole address', (host: string) => `${host}${kind.path}?page=2`],
    ['a path from the root', () => `${kind.path}?page=2`],
    ['a path from the page itself', () => `${lastSegment}?page=2`],
    ['a query alone', () => '?page=2'],
  ])('works as %s', async (_name, linkAt) => {
    const { feed, bank } = await startFeed(kind, (request, response) => {
      const page = kind.pageOf(request);
      const link = JSON.stringify(linkAt(`http://${request.headers.host ?? ''}`));
      const rows = [rowOf(kind, page)];
      sendJson(response, page === 1 ? kind.leadingTo(rows, link) : kind.page(rows, page, page));
    });
    expect((await fetchAll(feed)).sightings).toHaveLength(2);
    const paths = new Set(bank.requests.map(({ url }) => url.pathname));
    expect([...paths]).toEqual([kind.path]);
  });

  it.each<[string, (elsewhere: string, own: string) => string]>([
    ['another host', (elsewhere) => `${elsewhere}${kind.path}?page=2`],
    ['another host, without a scheme', (elsewhere) => elsewhere.replace('http:', '')],
    ['another host, with backslashes', (elsewhere) => elsewhere.replace('http://', '\\\\')],
    ['another port', (_elsewhere, own) => own.replace(/:\d+$/, ':1/')],
    ['another scheme', (_elsewhere, own) => own.replace('http:', 'https:')],
    ['our host as the name of a person', (elsewhere) => elsewhere.replace('//', '//127.0.0.1@')],
    ['a person at our host', (_elsewhere, own) => own.replace('//', '//somebody@')],
    ['a password at our host', (_elsewhere, own) => own.replace('//', '//:secret@')],
    ['no host', () => 'file:///etc/passwd'],
    ['nothing that is an address', () => 'http://'],
  ])('refuses the page when it names %s, and the key goes nowhere', async (_name, linkTo) => {
    const elsewhere = await startBank((_request, response) => response.writeHead(200).end());
    const { feed, bank } = await startFeed(kind, (request, response) => {
      const link = linkTo(elsewhere.url, `http://${request.headers.host ?? ''}`);
      sendJson(response, kind.leadingTo([rowOf(kind, 1)], JSON.stringify(link)));
    });
    const error = await safeFailureOf(fetchAll(feed));
    expect(error).toMatchObject({ code: 'bank.bad_response', details: { page: 1 } });
    expect(error.message).toContain('another host');
    expect(elsewhere.requests).toEqual([]);
    expect(bank.requests).toHaveLength(1);
  });
});

describe.each([...named('link'), ...named('cursor')])(
  'the $name feed, on circular pages,',
  (kind) => {
    const mark = (page: number) =>
      JSON.stringify(kind.leadsBy === 'link' ? `${kind.path}?page=${page}` : `${page}`);

    it.each([
      ['a page that leads to itself', [2, 2]],
      ['a page that leads to the one before', [2, 3, 2]],
      ['a page that leads to the first', [2, 1]],
    ])('refuses %s', async (_name, leads) => {
      const { feed, bank } = await startFeed(kind, (request, response) => {
        const page = kind.pageOf(request);
        sendJson(response, kind.leadingTo([rowOf(kind, page)], mark(leads[page - 1] ?? 1)));
      });
      const error = await safeFailureOf(fetchAll(feed));
      expect(error).toMatchObject({
        code: 'bank.bad_response',
        details: { reason: 'pages_moved' },
      });
      expect(bank.requests.length).toBeLessThan(20);
    });

    it.each(['2', 'true', '{}', '["2"]'])('refuses a next cursor of %s', async (next) => {
      const { feed } = await startFeed(kind, (_request, response) => {
        sendJson(response, kind.leadingTo([rowOf(kind, 1)], next));
      });
      expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.bad_response');
    });
  },
);

describe.each(FEED_DIALECTS.filter((kind) => kind.leadsBy === 'count'))(
  'the $name feed, on counted pages,',
  (kind) => {
    it.each([
      ['more', 3],
      ['fewer', 1],
    ])('reads all pages again when a later one counts %s of them', async (_name, counted) => {
      let asked = 0;
      const { feed } = await startFeed(kind, (request, response) => {
        asked += 1;
        const page = kind.pageOf(request);
        sendJson(response, kind.page([rowOf(kind, page)], page, asked === 2 ? counted : 2));
      });
      expect((await fetchAll(feed)).sightings).toHaveLength(2);
      expect(asked).toBe(6);
    });

    it('refuses more than the largest plausible number of pages', async () => {
      const { feed } = await startFeed(kind, (request, response) => {
        const page = kind.pageOf(request);
        sendJson(response, kind.page([rowOf(kind, page)], page, 2_001));
      });
      expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.bad_response');
    });
  },
);

describe('the stitch feed, on its cursor,', () => {
  const stitch = named('cursor').find(({ name }) => name === 'stitch');
  it.each(['null', '""', '" "'])(
    'refuses the announcement of another page with the cursor %s',
    async (cursor) => {
      if (stitch === undefined) throw new Error('There is no such dialect.');
      const bank = await startBank((request, response) => {
        if (request.url.pathname === stitch.tokenPath)
          sendJson(response, '{"access_token":"t","expires_in":60}');
        else sendJson(response, stitch.leadingTo([rowOf(stitch, 1)], cursor));
      });
      const error = await safeFailureOf(fetchAll(feedAt(stitch, bank.url)));
      expect(error.message).toContain('endCursor is missing');
    },
  );
});
