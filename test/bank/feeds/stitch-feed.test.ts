import { describe, expect, it } from 'vitest';
import { sendJson } from '../support/bank-server.ts';
import { ACCOUNT } from '../support/feed-dialect.ts';
import { aRow, dialectOf, fetchAll, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

const stitch = dialectOf('stitch');

async function snapshotOf(body: string) {
  const { feed } = await startFeed(stitch, (_request, response) => {
    sendJson(response, body);
  });
  return fetchAll(feed);
}

describe('the stitch feed', () => {
  it('requests rows with a token from a form request', async () => {
    const { feed, bank } = await startFeed(stitch, (_request, response) => {
      sendJson(response, stitch.page([], 1, 1));
    });
    await fetchAll(feed);
    const [asked, read] = bank.requests;
    expect(asked).toMatchObject({ method: 'POST', url: { pathname: '/connect/token' } });
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toMatchObject({
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 'SECRET-canary',
    });
    expect(read?.headers.authorization).toBe('Bearer TOKEN-canary-77');
  });

  it('reads up to the first page that is wholly before the window', async () => {
    const dates = ['2026-11-21', '2026-11-20', '2026-11-14', '2026-11-13', '2026-11-01'];
    const { feed, bank } = await startFeed(stitch, (request, response) => {
      const page = stitch.pageOf(request);
      const date = dates[page - 1] ?? '';
      sendJson(response, stitch.page([stitch.row(aRow({ order: page, date }))], page, 5));
    });
    const { sightings } = await fetchAll(feed);
    expect(sightings.map((each) => each.bookingDate)).toEqual(['2026-11-20', '2026-11-14']);
    expect(bank.requests.filter(({ url }) => url.pathname === '/graphql')).toHaveLength(8);
  });

  it.each([
    ['oldest first', ['2026-11-01', '2026-11-10', '2026-11-14', '2026-11-20']],
    [
      'of one day before the window first',
      ['2026-11-01', '2026-11-01', '2026-11-14', '2026-11-20'],
    ],
    ['newest first but for one', ['2026-11-20', '2026-11-14', '2026-11-18', '2026-11-15']],
  ])('reads all rows if they come %s', async (_name, dates) => {
    const { feed } = await startFeed(stitch, (request, response) => {
      const page = stitch.pageOf(request);
      const date = dates[page - 1] ?? '';
      sendJson(response, stitch.page([stitch.row(aRow({ order: page, date }))], page, 4));
    });
    const { sightings } = await fetchAll(feed);
    expect(sightings.map((each) => each.bookingDate)).toEqual(
      dates.filter((date) => date >= '2026-11-14'),
    );
  });

  it.each([
    ['UNAUTHENTICATED', 'bank.unauthorized'],
    ['FORBIDDEN', 'bank.unauthorized'],
    ['INTERNAL_SERVER_ERROR', 'bank.unavailable'],
    ['BAD_USER_INPUT', 'bank.bad_response'],
  ])('reports the GraphQL error %s as %s', async (graphql, code) => {
    const body = `{"data":null,"errors":[{"message":"CUS12345671","extensions":{"code":"${graphql}"}}]}`;
    expect((await safeFailureOf(snapshotOf(body))).code).toBe(code);
  });

  it('refuses rows of another account, or of none', async () => {
    const other = stitch.page([], 1, 1).replace(ACCOUNT, 'OTHER');
    expect((await safeFailureOf(snapshotOf(other))).code).toBe('bank.bad_response');
    expect((await safeFailureOf(snapshotOf('{"data":{"node":null}}'))).code).toBe(
      'bank.bad_response',
    );
  });
});
