import { describe, expect, it } from 'vitest';
import { createFeed } from '../../../bank/feeds/create-feed.ts';
import { DEFAULT_FIELD_MAP } from '../../../bank/json/field-map.ts';
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
    ['another page than asked for', kind.page([row], 2, 2)],
    ['no count of pages', kind.page([row], 1, 1).replace(',"pages":1', '')],
    ['an absurd count of pages', kind.page([row], 1, 99_999)],
    ['rows on no page', kind.page([row], 1, 0)],
    ['no list of rows', '{"page":1,"pages":1}'],
    ['only rows of another account', kind.page([row.replace('{', '{"accountId":"999",')], 1, 1)],
  ])('refuses %s', async (_name, body) => {
    expect((await failureOf(snapshotOf(body))).code).toBe('bank.bad_response');
  });

  const good = kind.row(aRow({ order: 2 }));

  it.each([
    ['another currency', row.replace('ZAR', 'GBP'), 'currency'],
    ['no currency', row.replace('"currency":"ZAR",', ''), 'currency'],
    ['an id that is an object', row.replace('"T1"', '{"value":1}'), 'id'],
    ['an id that is a fraction', row.replace('"T1"', '1.5'), 'id'],
    ['an id of 10 KB', row.replace('"T1"', `"${'T'.repeat(10_240)}"`), 'id'],
    ['an id with NUL', row.replace('"T1"', '"T\\u0000"'), 'id'],
    ['a status that nobody declared', row.replace('"booked"', '"rejected"'), 'status'],
    ['a status that is a number', row.replace('"booked"', '1'), 'status'],
    ['another account', row.replace('{', '{"accountId":"999",'), 'accountId'],
    ['a reference that is a list', row.replace('"CUS12345671"', '["CUS12345671"]'), 'reference'],
  ])('sets apart the row with %s, and names the field', async (_name, bad, field) => {
    expect(bad).not.toBe(row);
    const { sightings, unreadable } = await snapshotOf(kind.page([bad, good], 1, 1));
    expect(sightings).toHaveLength(1);
    expect(unreadable).toMatchObject([{ position: 'page 1, row 1', field }]);
  });

  it.each([
    ['no date', '"date":"2026-11-20"', '"date":null'],
    ['no amount', '"amount":"250.00"', '"amount":null'],
    ['an unknown currency', 'ZAR', '?'],
    ['an id of an odd type', '"T1"', '[]'],
    ['a day of another year', '2026-11-20', '2025-01-01'],
    ['another account', '{', '{"accountId":"999",'],
  ])('leaves out a pending row with %s', async (_name, from, to) => {
    const pending = row.replace('"booked"', '"pending"').replace(from, to);
    expect(pending).toContain(to);
    const { sightings, unreadable } = await snapshotOf(kind.page([pending, good], 1, 1));
    expect(sightings).toHaveLength(1);
    expect(unreadable).toEqual([]);
  });

  it('reads whole numbers as ids and page counts, whether they are texts or numbers', async () => {
    const body = kind
      .page([row.replace('"T1"', '4711')], 1, 1)
      .replace('"page":1,"pages":1', '"page":"1","pages":"1"');
    expect((await snapshotOf(body)).sightings[0]?.bankId).toBe('4711');
  });

  it('refuses a window of which more than a thousand rows cannot be read, and names the first', async () => {
    const rows = Array.from({ length: 1_001 }, () => row.replace('ZAR', 'GBP'));
    const error = await failureOf(snapshotOf(kind.page(rows, 1, 1)));
    expect(error.message).toContain("page 1, row 1: currency is not the account's ZAR");
  });

  it('proves no balance of the window while a row of it waits', async () => {
    const map = { ...DEFAULT_FIELD_MAP, opening: 'opening', closing: 'closing' };
    const { feed } = await startFeed(
      { ...kind, settings: { ...kind.settings, fieldMap: map } },
      (_request, response) => {
        const body = kind.page([row.replace('"250.00"', '"1,000.00"'), good], 1, 1);
        sendJson(response, body.replace('{', '{"opening":"0.00","closing":"1250.00",'));
      },
    );
    expect((await fetchAll(feed)).sightings).toHaveLength(1);
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
