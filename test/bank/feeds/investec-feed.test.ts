import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFeed } from '../../../bank/feeds/create-feed.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { signedMinor } from '../../../domain/line/sighting.ts';
import { sendJson, startBank, type BankRequest } from '../support/bank-server.ts';
import { ACCOUNT } from '../support/feed-dialect.ts';
import type { Feed } from '../../../bank/feeds/feed.ts';
import { aRow, dialectOf, feedAt, fetchAll, startFeed, WINDOW } from '../support/feed-kinds.ts';
import { HAS_REAL_FILES, REAL_FILES, WHY_SKIPPED } from '../support/real-files.ts';
import { failureOf } from '../support/samples.ts';

const kind = dialectOf('investec');
const row = kind.row(aRow());
const TOKEN_PATH = '/identity/v2/oauth2/token';
const isToken = (request: BankRequest) => request.url.pathname === TOKEN_PATH;
const isPending = (request: BankRequest) => request.url.pathname.endsWith('/pending-transactions');

describe('an investec token', () => {
  it('comes from client credentials and the API key', async () => {
    const { feed, bank } = await startFeed(kind, (_request, response) => {
      sendJson(response, kind.page([], 1, 1));
    });
    await fetchAll(feed);
    expect(bank.requests[0]).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials',
      headers: {
        authorization: `Basic ${Buffer.from('client:SECRET-canary').toString('base64')}`,
        'x-api-key': 'KEY-canary',
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
  });
});

describe('the investec feed', () => {
  async function sightingsOf(rows: readonly string[], envelope = 'transactions') {
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, `{"data":{"${envelope}":[${rows.join()}]},"meta":{"totalPages":1}}`);
    });
    return fetchAll(feed);
  }

  it('builds the documented id from account, posting date and order', async () => {
    const { sightings } = await sightingsOf([
      row.replace('"postedOrder":1', '"postedOrder":13379'),
    ]);
    expect(sightings[0]?.bankId).toBe('87446202611200013379');
  });

  it('shows a row as pending while its order is 0, and as booked without an id if the bank has no such field', async () => {
    const { sightings } = await sightingsOf([
      row.replace('"postedOrder":1', '"postedOrder":0'),
      row.replace('"postedOrder":1,', ''),
    ]);
    expect(sightings.map((each) => [each.status, each.bankId])).toEqual([
      ['pending', null],
      ['booked', null],
    ]);
  });

  it('shows a row as pending without an id until it is posted', async () => {
    const pending = row
      .replace('POSTED', 'PENDING')
      .replace('"postedOrder":1,', '"postedOrder":0,')
      .replace('"postingDate"', '"transactionDate"');
    const { sightings } = await sightingsOf([pending], 'PendingTransaction');
    expect(sightings).toMatchObject([
      { status: 'pending', bankId: null, bookingDate: '2026-11-20' },
    ]);
  });

  it('refuses the page when an id that should be unique repeats', async () => {
    expect((await failureOf(sightingsOf([row, row]))).code).toBe('bank.bad_response');
  });

  it.each(['-1', '1.5', '"x"', '1e3', '"01"'])(
    'sets one row apart for the order %s',
    async (order) => {
      const bad = row.replace('"postedOrder":1', `"postedOrder":${order}`);
      const { sightings, unreadable } = await sightingsOf([bad, kind.row(aRow({ order: 2 }))]);
      expect(sightings).toHaveLength(1);
      expect(unreadable).toMatchObject([{ field: 'postedOrder', position: 'page 1, row 1' }]);
    },
  );

  it('reads an order, an amount and a balance that are written as texts', async () => {
    const texts = row.replace('"postedOrder":1,', '"postedOrder":"13379",');
    expect(texts).not.toBe(row);
    const { sightings } = await sightingsOf([texts.replace(/"amount":([0-9.]+)/, '"amount":"$1"')]);
    expect(sightings[0]).toMatchObject({ bankId: '87446202611200013379', amountMinor: 25_000n });
  });

  it('reports fields that the bank has added, and still reads the row', async () => {
    const snapshot = await sightingsOf([row.replace('{', '{"isNew":true,"a b":1,')]);
    expect(snapshot.sightings).toHaveLength(1);
    expect(snapshot.unknownFields).toEqual(['?', 'isNew']);
  });

  it('requests rows by page number, except for the first page', async () => {
    const { feed, bank } = await startFeed(kind, (request, response) => {
      const page = Number(request.url.searchParams.get('page') ?? '1');
      sendJson(response, kind.page([kind.row(aRow({ order: page }))], page, 2));
    });
    expect((await fetchAll(feed)).sightings).toHaveLength(2);
    const pages = bank.requests
      .filter((each) => !isToken(each) && !isPending(each))
      .map((each) => each.url.searchParams.get('page'));
    expect(pages).toEqual([null, '2', null, '2']);
  });
});

describe('the investec feed, on rows that are not booked yet,', () => {
  const pendingOf = async (feed: Feed) =>
    (await feed.readPending?.(WINDOW, new AbortController().signal)) ?? [];
  const pending =
    `{"accountId":"${ACCOUNT}","type":"CREDIT","status":"PENDING","description":"CUS12345671",` +
    '"transactionDate":"2026-11-20","amount":75}';
  const answering = async (answer: string | number) => {
    const bank = await startBank((request, response) => {
      if (isToken(request)) sendJson(response, '{"access_token":"t","expires_in":1799}');
      else if (!isPending(request)) sendJson(response, kind.page([row], 1, 1));
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else sendJson(response, answer);
    });
    return feedAt(kind, bank.url);
  };

  it.each(['PendingTransaction', 'transactions'])(
    'reads the list named %s apart from the booked rows',
    async (name) => {
      const feed = await answering(`{"data":{"${name}":[${pending}]},"meta":{"totalPages":1}}`);
      expect((await fetchAll(feed)).sightings.map((each) => each.status)).toEqual(['booked']);
      expect(await pendingOf(feed)).toMatchObject([
        { status: 'pending', bankId: null, amountMinor: 7_500n },
      ]);
    },
  );

  it.each([403, 404])('shows none if the bank does not offer them (%d)', async (status) => {
    expect(await pendingOf(await answering(status))).toEqual([]);
  });

  it.each([
    ['a booked row', kind.page([row], 1, 1)],
    ['a row that cannot be read', `{"data":{"transactions":[{"status":"PENDING"}]}}`],
  ])('leaves out %s among them', async (_name, answer) => {
    expect(await pendingOf(await answering(answer))).toEqual([]);
  });

  it.each<[string, string | number]>([
    ['a bank out of order', 503],
    ['a request that it refuses', 400],
    ['too many requests', 429],
    ['another shape', '{"data":{}}'],
    ['a cut answer', '{"data":'],
  ])('still reads the booked ones with %s', async (_name, answer) => {
    const feed = await answering(answer);
    expect((await fetchAll(feed)).sightings).toHaveLength(1);
    expect((await failureOf(pendingOf(feed))).code).toMatch(/^bank\./);
  });
});

const files = [
  { name: 'investec-transactions-2020.json', accountId: '172878438321553632224' },
  { name: 'investec-pb-transactions-2023.json', accountId: '3353431574710163189587446' },
].filter(({ name }) => existsSync(path.join(REAL_FILES, 'json', name)));

describe('the folder of real investec answers', () => {
  it.skipIf(!HAS_REAL_FILES)(`exists${WHY_SKIPPED}`, () => {
    expect(files).toHaveLength(2);
  });

  it.each(files)('reads $name as an independent parser does', async ({ name, accountId }) => {
    const body = await readFile(path.join(REAL_FILES, 'json', name), 'utf8');
    const expected = JSON.parse(
      await readFile(path.join(REAL_FILES, 'json', `${name}.EXPECTED.json`), 'utf8'),
    ) as {
      sumCreditsMinor: number;
      sumDebitsMinor: number;
      entries: number;
      firstReference: string;
    };
    const bank = await startBank((request, response) => {
      if (isPending(request)) response.writeHead(404).end();
      else sendJson(response, isToken(request) ? '{"access_token":"t","expires_in":1799}' : body);
    });
    const feed = createFeed({
      kind: 'investec',
      url: bank.url,
      key: 'a:b:c',
      accountId,
      timeZone: 'UTC',
      currency: 'ZAR',
    });

    const { sightings } = await feed.fetchWindow(
      { from: parseLocalDate('2020-01-01'), to: parseLocalDate('2023-12-31') },
      new AbortController().signal,
      () => undefined,
    );

    expect(sightings).toHaveLength(expected.entries);
    expect(sightings[0]?.references).toEqual([expected.firstReference]);
    const minors = sightings.map(signedMinor);
    const sum = (side: readonly bigint[]) =>
      Number(side.reduce((total, minor) => total + minor, 0n));
    expect(sum(minors.filter((minor) => minor > 0n))).toBe(expected.sumCreditsMinor);
    expect(sum(minors.filter((minor) => minor < 0n)) * -1).toBe(expected.sumDebitsMinor + 0);
  });
});
