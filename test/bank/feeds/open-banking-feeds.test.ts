import { describe, expect, it } from 'vitest';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { sendJson } from '../support/bank-server.ts';
import { ACCOUNT } from '../support/feed-dialect.ts';
import { aRow, dialectOf, fetchAll, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

const uk = dialectOf('open-banking-uk');
const berlin = dialectOf('berlin-group');

async function snapshotOf(
  dialect: typeof uk,
  body: string,
  contentType = 'application/json',
  settings = {},
) {
  const changed = { ...dialect, settings: { ...dialect.settings, ...settings } };
  const { feed } = await startFeed(changed, (_request, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  });
  return fetchAll(feed);
}

describe('the open banking uk feed', () => {
  const row = uk.row(aRow());
  const only = async (changed: string) =>
    (await snapshotOf(uk, uk.page([changed], 1, 1))).sightings[0];

  it('shows a row as pending while it is pending or mutable, since the bank could still remove it', async () => {
    const mutable = row.replace('{', '{"TransactionMutability":"Mutable",');
    const immutable = row.replace('{', '{"TransactionMutability":"Immutable",');
    expect((await only(mutable))?.status).toBe('pending');
    expect((await only(immutable))?.status).toBe('booked');
    expect((await only(row.replace('"Booked"', '"Pending"')))?.status).toBe('pending');
  });

  it.each([
    ['Booked', 'booked'],
    ['BOOK', 'booked'],
    ['Pending', 'pending'],
    ['PDNG', 'pending'],
    ['Rejected', undefined],
    ['RJCT', undefined],
    ['INFO', undefined],
    ['FUTR', undefined],
  ])('reads the status %s of versions 3.1 and 4.0 beside booked rows', async (status, read) => {
    const other = uk.row(aRow({ order: 2 })).replace('"Booked"', `"${status}"`);
    const { sightings, unreadable } = await snapshotOf(uk, uk.page([row, other], 1, 1));
    expect(sightings.map((each) => each.status)).toEqual(
      ['booked', read].filter((each) => each !== undefined),
    );
    expect(unreadable).toEqual([]);
  });

  it('leaves out a pending row without a day, and a future one of a day to come', async () => {
    const undated = row.replace('"Booked"', '"Pending"').replace(/"BookingDateTime":"[^"]*",?/, '');
    const future = row.replace('"Booked"', '"FUTR"').replace('2026-11-20T', '2026-12-20T');
    const { sightings, unreadable } = await snapshotOf(uk, uk.page([undated, future, row], 1, 1));
    expect(sightings).toHaveLength(1);
    expect(unreadable).toEqual([]);
  });

  it.each([
    ['Africa/Johannesburg', '2026-11-21T23:30:00Z'],
    ['America/New_York', '2026-11-13T00:30:00Z'],
  ])(
    'skips a row that only the time zones of bank and account put outside (%s)',
    async (timeZone, instant) => {
      const outside = row.replace('2026-11-20T00:00:00+00:00', instant);
      const body = uk.page([outside, row], 1, 1);
      const { sightings } = await snapshotOf(uk, body, 'application/json', { timeZone });
      expect(sightings.map((each) => each.bookingDate)).toEqual(['2026-11-20']);
    },
  );

  it.each([
    ['2026-10-24T23:00:00Z', '2026-10-25'],
    ['2026-10-25T00:30:00+01:00', '2026-10-25'],
    ['2026-10-25T23:30:00Z', '2026-10-25'],
    ['2026-10-25T23:59:59.999Z', '2026-10-25'],
    ['2026-10-26T00:00:01Z', '2026-10-26'],
    ['2026-03-28T23:59:59Z', '2026-03-28'],
    ['2026-03-29T22:59:59Z', '2026-03-29'],
    ['2026-03-29T23:00:00Z', '2026-03-30'],
  ])('books a row in London at %s on %s, where a day has 25 or 23 hours', async (instant, day) => {
    const window = { from: parseLocalDate(day), to: parseLocalDate(day) };
    const { feed } = await startFeed(
      { ...uk, settings: { ...uk.settings, timeZone: 'Europe/London' } },
      (_request, response) => {
        sendJson(response, uk.page([row.replace('2026-11-20T00:00:00+00:00', instant)], 1, 1));
      },
    );
    const read = await feed.fetchWindow(window, new AbortController().signal, () => undefined);
    expect(read.sightings.map((each) => each.bookingDate)).toEqual([day]);
  });

  it("books a row on the bank's day, whatever the offset of its time", async () => {
    const at = (instant: string) => row.replace('2026-11-20T00:00:00+00:00', instant);
    expect((await only(at('2026-11-19T22:30:00Z')))?.bookingDate).toBe('2026-11-20');
    expect((await only(at('2026-11-20T21:59:59.999Z')))?.bookingDate).toBe('2026-11-20');
    expect((await only(at('2026-11-20T00:00:00-05:00')))?.bookingDate).toBe('2026-11-20');
    expect((await only(at('2026-11-20T23:30:00')))?.bookingDate).toBe('2026-11-20');
  });

  it('names who paid, and the balance with its side', async () => {
    const named = row
      .replace('{', '{"DebtorAccount":{"Identification":"GB00X1","Name":"A Payer"},')
      .replace('"CreditDebitIndicator":"Credit","Type"', '"CreditDebitIndicator":"Debit","Type"');
    expect(await only(named)).toMatchObject({
      counterparty: { name: 'A Payer', account: 'GB00X1' },
      runningBalanceMinor: -1_025_000n,
    });
  });

  it('refuses fewer pages than the bank counts', async () => {
    const page = uk.page([row], 1, 1).replace('"TotalPages":1', '"TotalPages":2');
    expect((await safeFailureOf(snapshotOf(uk, page))).message).toContain('no next page');
  });

  it('returns an empty list for an account without a list', async () => {
    expect((await snapshotOf(uk, '{"Data":{},"Links":{},"Meta":{}}')).sightings).toEqual([]);
  });

  it('never sends the key to a host other than the bank', async () => {
    const page = uk.page([row], 1, 2).replace('"Next":"/', '"Next":"http://127.0.0.2:9/');
    expect((await safeFailureOf(snapshotOf(uk, page))).message).toContain('another host');
  });

  it('refuses page links that form a circle', async () => {
    const { feed } = await startFeed(uk, (request, response) => {
      const page = uk.pageOf(request);
      const rows = [uk.row(aRow({ order: page, reference: `PAYER ${page}` }))];
      sendJson(response, uk.page(rows, page, 3).replace('page=3', 'page=2'));
    });
    expect((await safeFailureOf(fetchAll(feed))).message).toContain('links back');
  });
});

describe('the berlin group feed', () => {
  const row = berlin.row(aRow());
  const only = async (changed: string, amounts: 'signed' | 'unsigned' = 'signed') =>
    (await snapshotOf(berlin, berlin.page([changed], 1, 1), 'application/json', { amounts }))
      .sightings[0];

  it('takes the direction from the named party if amounts have no sign', async () => {
    const from = row.replace('{', '{"debtorName":"A Payer","debtorAccount":{"iban":"X 1"},');
    const to = row.replace('{', '{"creditorName":"A Shop",');
    const ours = row.replace(
      '{',
      `{"creditorName":"We","creditorAccount":{"iban":"${ACCOUNT}"},"debtorName":"A Payer",`,
    );
    expect(await only(from, 'unsigned')).toMatchObject({
      direction: 'credit',
      counterparty: { name: 'A Payer', account: 'X1' },
    });
    expect((await only(to, 'unsigned'))?.direction).toBe('debit');
    expect((await only(ours, 'unsigned'))?.direction).toBe('credit');
  });

  it('reads no row whose direction is missing or contradictory', async () => {
    const signed = row.replace('"amount":"250.00"', '"amount":"-250.00"');
    const whyOf = async (changed: string) => {
      const read = await snapshotOf(berlin, berlin.page([changed], 1, 1), 'application/json', {
        amounts: 'unsigned',
      });
      return read.unreadable?.[0]?.why;
    };
    expect(await whyOf(row)).toContain('gives the direction');
    expect(await whyOf(signed)).toContain('BANK_AMOUNTS=signed');
    const unsigned = row.replace('{', '{"creditorName":"A Shop",');
    expect((await safeFailureOf(only(unsigned))).message).toContain('BANK_AMOUNTS=unsigned');
    const proved = await snapshotOf(berlin, berlin.page([signed, unsigned], 1, 1));
    expect(proved.sightings).toHaveLength(1);
    expect(proved.unreadable).toMatchObject([{ why: 'an outgoing amount has no sign' }]);
  });

  it('never uses a blank, shared or missing id as proof', async () => {
    const rows = ['" "', '"9998"', '"9998"'].map((id, index) =>
      berlin.row(aRow({ order: 0, reference: `PAYER ${index}` })).replace('"T0"', id),
    );
    const { sightings } = await snapshotOf(berlin, berlin.page(rows, 1, 1));
    expect(sightings.map((each) => each.bankId)).toEqual([null, '9998', '9998']);
  });

  it('includes twins on two pages under one id that the bank gives to all rows', async () => {
    const twin = berlin.row(aRow({ order: 0 })).replace('"T0"', '"9998"');
    const other = berlin.row(aRow({ order: 0, reference: 'X' })).replace('"T0"', '"9998"');
    const { feed } = await startFeed(berlin, (request, response) => {
      const page = berlin.pageOf(request);
      sendJson(response, berlin.page(page === 1 ? [other, twin] : [twin], page, 2));
    });
    expect((await fetchAll(feed)).sightings).toHaveLength(3);
  });

  it('collects every form of remittance once, without placeholders', async () => {
    const told = row.replace(
      '{',
      '{"remittanceInformationUnstructuredArray":["one","two"],"remittanceInformationStructured":"three",' +
        '"remittanceInformationStructuredArray":[{"reference":"four"}],"endToEndId":"NOTPROVIDED",',
    );
    expect((await only(told))?.references).toEqual(['CUS12345671', 'one', 'two', 'three', 'four']);
  });

  it.each([
    ['booked', 'booked'],
    ['BOOK', 'booked'],
    ['pending', 'pending'],
    ['PDNG', 'pending'],
    ['information', undefined],
    ['INFO', undefined],
    ['FUTR', undefined],
    ['RJCT', undefined],
  ])('believes a row of the booked list that calls itself %s', async (status, read) => {
    const told = row.replace('{', `{"entryStatus":"${status}",`);
    const { sightings, unreadable } = await snapshotOf(berlin, berlin.page([told], 1, 1));
    expect(sightings.map((each) => each.status)).toEqual(read === undefined ? [] : [read]);
    expect(unreadable).toEqual([]);
  });

  it('sets apart a booked row that calls itself by an unknown status', async () => {
    const told = row.replace('{', '{"status":"parked",');
    const { unreadable } = await snapshotOf(berlin, berlin.page([told, row], 1, 1));
    expect(unreadable).toMatchObject([{ field: 'status' }]);
  });

  it('leaves out standing orders and rows to come', async () => {
    const body = `{"transactions":{"booked":[${row}],"information":[{"transactionDetails":"x"},${row}]}}`;
    const { sightings, unreadable } = await snapshotOf(berlin, body);
    expect(sightings).toHaveLength(1);
    expect(unreadable).toEqual([]);
  });

  it('includes pending rows, even without a day', async () => {
    const pending = row.replace('"bookingDate"', '"valueDate"');
    const dateless = row.replace(/"bookingDate":"[^"]*",/, '');
    const body = `{"transactions":{"booked":[],"pending":[${pending},${dateless}]}}`;
    const { sightings } = await snapshotOf(berlin, body);
    expect(sightings.map((each) => each.status)).toEqual(['pending']);
  });

  const path = `/v1/accounts/${ACCOUNT}/transactions?page=2`;
  const twoPages = async (first: string) => {
    const { feed } = await startFeed(berlin, (request, response) => {
      const isFirst = berlin.pageOf(request) === 1;
      const second = berlin.page([berlin.row(aRow({ order: 7 }))], 2, 2);
      sendJson(response, isFirst ? first : second);
    });
    return (await fetchAll(feed)).sightings;
  };
  it.each([
    ['transactions._links.next.href', `{"booked":[],"_links":{"next":{"href":"${path}"}}}`, ''],
    ['transactions._links.next', `{"booked":[],"_links":{"next":"${path}"}}`, ''],
    ['transactions.links.next', `{"booked":[],"links":{"next":"${path}"}}`, ''],
    ['_links.next.href', '{"booked":[]}', `,"_links":{"next":{"href":"${path}"}}`],
    ['links.next', '{"booked":[]}', `,"links":{"next":"${path}"}`],
    ['next', '{"booked":[]}', `,"next":"${path}"`],
  ])('continues at the next page named by %s', async (_name, lists, more) => {
    expect(await twoPages(`{"transactions":${lists}${more}}`)).toHaveLength(1);
  });

  it('refuses two links that name different next pages', async () => {
    const page = `{"transactions":{"booked":[],"_links":{"next":{"href":"${path}"}}},"links":{"next":"${path}3"}}`;
    expect((await safeFailureOf(twoPages(page))).message).toContain('two different next pages');
  });

  it('reports a list that is not read', async () => {
    const body = '{"transactions":{"booked":[],"rejected":[{}],"information":[]},"balances":[]}';
    expect((await snapshotOf(berlin, body)).unknownFields).toEqual(['rejected']);
  });

  it('sends the consent and a new request id with each request', async () => {
    const { feed, bank } = await startFeed(berlin, (_request, response) => {
      sendJson(response, berlin.page([], 1, 1));
    });
    await fetchAll(feed);
    await fetchAll(feed);
    const [one, other] = bank.requests.map(({ headers }) => headers);
    expect(one?.['consent-id']).toBe('CONSENT-canary');
    expect(one?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(one?.['x-request-id']).not.toBe(other?.['x-request-id']);
  });
});
