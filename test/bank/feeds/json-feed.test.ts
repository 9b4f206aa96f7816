import { describe, expect, it } from 'vitest';
import { createFeed } from '../../../bank/feeds/create-feed.ts';
import { isCoded } from '../../../domain/errors.ts';
import { sendJson } from '../support/bank-server.ts';
import { ACCOUNT } from '../support/feed-dialect.ts';
import { aRow, dialectOf, fetchAll, startFeed } from '../support/feed-kinds.ts';
import { failureOf } from '../support/samples.ts';

const kind = dialectOf('json');
const row = kind.row(aRow());

async function snapshotOf(body: string) {
  const { feed } = await startFeed(kind, (_request, response) => {
    sendJson(response, body);
  });
  return fetchAll(feed);
}

describe('the default wire format', () => {
  it('separates pending from booked rows and omits absent texts', async () => {
    const { sightings } = await snapshotOf(
      kind.page(
        [
          `{"date":"2026-11-20","amount":5,"currency":"ZAR","type":"credit","status":"pending","id":" ","reference":null}`,
        ],
        1,
        1,
      ),
    );
    expect(sightings).toMatchObject([
      {
        status: 'pending',
        amountMinor: 500n,
        bankId: null,
        references: [],
        text: '',
        runningBalanceMinor: null,
      },
    ]);
  });

  it.each([
    ['a field that we do not know in a row', kind.page([row.replace('{', '{"fee":"1.00",')], 1, 1)],
    [
      'a field that we do not know in the page',
      kind.page([row], 1, 1).replace('{', '{"next":"x",'),
    ],
    ['another currency', kind.page([row.replace('ZAR', 'EUR')], 1, 1)],
    ['no currency', kind.page([row.replace('"currency":"ZAR",', '')], 1, 1)],
    ['an id that is a number', kind.page([row.replace('"T1"', '1')], 1, 1)],
    ['an id of 10 KB', kind.page([row.replace('"T1"', `"${'T'.repeat(10_240)}"`)], 1, 1)],
    ['an id with NUL', kind.page([row.replace('"T1"', '"T\\u0000"')], 1, 1)],
    ['another page than asked for', kind.page([row], 2, 2)],
    ['no count of pages', kind.page([row], 1, 1).replace(',"pages":1', '')],
    ['a count of pages that is a text', kind.page([row], 1, 1).replace('"pages":1', '"pages":"1"')],
    ['an absurd count of pages', kind.page([row], 1, 99_999)],
    ['rows on no page', kind.page([row], 1, 0)],
  ])('refuses %s', async (_name, body) => {
    expect((await failureOf(snapshotOf(body))).code).toBe('bank.bad_response');
  });

  it('agrees between passes even if ids are new on each read', async () => {
    let reads = 0;
    const { feed } = await startFeed(kind, (request, response) => {
      const page = Number(request.url.searchParams.get('page'));
      if (page === 1) reads += 1;
      const text = kind.row(aRow({ order: page })).replace('"T', `"read-${reads}-T`);
      sendJson(response, kind.page([text.replace('10250', `1025${page}`)], page, 2));
    });
    const { sightings } = await fetchAll(feed);
    expect(sightings.map((each) => each.bankId)).toEqual(['read-2-T1', 'read-2-T2']);
  });

  it('keeps a query that the address already has', async () => {
    const { bank } = await startFeed(kind, (_request, response) => {
      sendJson(response, kind.page([], 1, 1));
    });
    const feed = createFeed({
      kind: 'json',
      url: `${bank.url}/transactions?branch=7`,
      key: 'k',
      accountId: ACCOUNT,
      timeZone: 'Africa/Johannesburg',
      currency: 'ZAR',
    });
    await fetchAll(feed);
    expect(bank.requests[0]?.url.search).toBe(
      `?branch=7&accountId=${ACCOUNT}&from=2026-11-14&to=2026-11-20&page=1`,
    );
  });
});

describe('the check of feed settings', () => {
  const good = {
    kind: 'json',
    url: 'https://bank.test/t',
    key: 'k',
    accountId: 'a',
    timeZone: 'UTC',
    currency: 'ZAR',
  } as const;
  it.each([
    ['no address', { url: 'bank' }],
    ['another protocol', { url: 'file:///etc/passwd' }],
    ['credentials in the address', { url: 'https://user:SECRET@bank.test' }],
    ['an empty key', { key: '' }],
    ['a key with a line break', { key: 'SECRET\r\nx-more: 1' }],
    ['an empty account', { accountId: '' }],
    ['an investec key of two parts', { kind: 'investec', key: 'id:SECRET' } as const],
  ])('refuses %s, without repeating the value', (_name, change) => {
    let error: unknown = null;
    try {
      createFeed({ ...good, ...change });
    } catch (caught) {
      error = caught;
    }
    expect(isCoded(error, 'config.invalid')).toBe(true);
    expect(String(error)).not.toContain('SECRET');
  });
});
