import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ID, API_KEY, CODES, startBank, type BankClient } from '../support/bank-client.ts';

let bank: BankClient;
beforeEach(async () => {
  bank = await startBank();
});
afterEach(() => bank.simulator.close());

const UUID = '00000000-0000-4000-8000-000000000000';

async function addThree(): Promise<void> {
  await bank.admin('lines', [
    { reference: CODES[0], amountMinor: '25000', bookingDate: '2026-11-20', id: 'T1' },
    { reference: '', description: 'FEE', amountMinor: '705', direction: 'debit' },
    { reference: CODES[1], amountMinor: '500', status: 'pending' },
  ]);
}

describe("the simulator's open banking uk protocol", () => {
  const path = `/open-banking/v3.1/aisp/accounts/${ACCOUNT_ID}/transactions?fromBookingDateTime=2026-11-15T00:00:00&toBookingDateTime=2026-11-21T23:59:59`;
  const get = async (url: string, key = API_KEY) =>
    fetch(url, { headers: { authorization: `Bearer ${key}` } });

  it('shows booked and pending rows with unsigned amounts and a separate direction', async () => {
    await addThree();
    const body: unknown = await (await get(bank.url + path)).json();
    expect(body).toMatchObject({
      Data: {
        Transaction: [
          { Status: 'Pending', TransactionMutability: 'Mutable' },
          { CreditDebitIndicator: 'Debit', Amount: { Amount: '7.05', Currency: 'ZAR' } },
          {
            AccountId: ACCOUNT_ID,
            TransactionId: 'T1',
            TransactionReference: CODES[0],
            CreditDebitIndicator: 'Credit',
            BookingDateTime: '2026-11-20T00:00:00+02:00',
            Balance: { Amount: { Amount: '10250.00' }, CreditDebitIndicator: 'Credit' },
          },
        ],
      },
      Meta: { TotalPages: 1 },
    });
    expect((await get(bank.url + path, 'other')).status).toBe(401);
  });

  it('links its pages', async () => {
    await addThree();
    await bank.admin('settings', { pageSize: 2 });
    const first = (await (await get(bank.url + path)).json()) as { Links: { Next: string } };
    const second = (await (await get(first.Links.Next)).json()) as {
      Links: object;
      Data: { Transaction: object[] };
    };
    expect(second.Data.Transaction).toHaveLength(1);
    expect(second.Links).not.toHaveProperty('Next');
  });
});

describe("the simulator's berlin group protocol", () => {
  const path = `/berlin-group/v1/accounts/${ACCOUNT_ID}/transactions?bookingStatus=both&dateFrom=2026-11-15&dateTo=2026-11-21`;
  const [consent = ''] = API_KEY.split(':');
  const get = async (changes: Record<string, string> = {}) =>
    fetch(bank.url + path, {
      headers: {
        authorization: `Bearer ${API_KEY.slice(consent.length + 1)}`,
        'consent-id': consent,
        'x-request-id': UUID,
        ...changes,
      },
    });

  it('keeps booked and pending rows in separate lists, with signed amounts', async () => {
    await addThree();
    const body: unknown = await (await get()).json();
    expect(body).toMatchObject({
      transactions: {
        booked: [
          { transactionAmount: { amount: '-7.05', currency: 'ZAR' } },
          { transactionId: 'T1', remittanceInformationUnstructured: CODES[0] },
        ],
        pending: [{ transactionAmount: { amount: '5.00' } }],
      },
    });
  });

  it('shows the direction only by the party, by option', async () => {
    await addThree();
    await bank.admin('settings', { berlinAmounts: 'unsigned', amountsAsNumbers: true });
    const text = await (await get()).text();
    expect(text).toContain('"amount":7.05}');
    expect(text).toMatch(/"amount":7\.05\},"creditorName"/);
    expect(text).toMatch(/"amount":250\},"debtorName"/);
  });

  it('returns a statement file, by option', async () => {
    await addThree();
    await bank.admin('settings', { berlinBody: 'camt052' });
    const camt = await get();
    expect(camt.headers.get('content-type')).toBe('application/xml');
    expect(await camt.text()).toContain('<Sts><Cd>PDNG</Cd></Sts>');
    await bank.admin('settings', { berlinBody: 'mt940' });
    const mt940 = await (await get()).text();
    expect(mt940).toContain(':61:2611201120C250,00NTRFNONREF//T1');
    expect(mt940).toContain(':62F:C261121ZAR10242,95');
  });

  it('requires its consent and a request id', async () => {
    expect((await get({ 'consent-id': 'other' })).status).toBe(401);
    expect((await get({ 'x-request-id': 'x' })).status).toBe(400);
  });
});

describe("the simulator's stitch protocol", () => {
  it('issues a token to its client, and pages booked rows by cursor', async () => {
    const other = await startBank({ apiKey: 'client-1:secret-1' });
    try {
      await other.admin('lines', [
        { reference: CODES[0], amountMinor: '25000' },
        { reference: CODES[1], amountMinor: '500' },
      ]);
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'client-1',
        client_secret: 'secret-1',
      });
      const answer = await fetch(`${other.url}/connect/token`, { method: 'POST', body: form });
      const { access_token: token } = (await answer.json()) as { access_token: string };
      const ask = async (after: string | null, bearer = token) =>
        fetch(`${other.url}/graphql`, {
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            query: '{ transactions }',
            variables: { accountId: ACCOUNT_ID, first: 1, after },
          }),
        });
      const pageOf = async (after: string | null) => {
        const body = (await (await ask(after)).json()) as {
          data: { node: { transactions: { pageInfo: { endCursor: string }; edges: object[] } } };
        };
        return body.data.node.transactions;
      };
      const first = await pageOf(null);
      expect(first).toMatchObject({
        pageInfo: { hasNextPage: true },
        edges: [{ node: { amount: { quantity: '5.00', currency: 'ZAR' }, reference: CODES[1] } }],
      });
      expect(await pageOf(first.pageInfo.endCursor)).toMatchObject({
        pageInfo: { hasNextPage: false },
        edges: [{ node: { date: '2026-11-21T00:00:00.000Z' } }],
      });
      expect((await ask(null, 'other')).status).toBe(401);
      expect(await (await ask('nonsense')).json()).toMatchObject({ data: null });
    } finally {
      await other.simulator.close();
    }
  });
});

describe('the plain protocol of a named bank', () => {
  it.each([
    [
      'standard-bank',
      `account=${ACCOUNT_ID}&fromDate=2026-11-15&toDate=2026-11-21`,
      {
        transactionList: [{ statusCode: 'PND' }, { transactionAmount: '-7,05' }, {}],
        nextCursor: null,
      },
    ],
    [
      'fnb',
      `accountNumber=${ACCOUNT_ID}&startDate=2026-11-15&endDate=2026-11-21`,
      {
        history: {
          items: [
            { entryStatus: 'MEMO' },
            { amountInCents: '705', debitCreditIndicator: 'DR' },
            {},
          ],
        },
        links: { next: null },
      },
    ],
  ])('follows the dialect of %s', async (jsonDialect, query, expected) => {
    await addThree();
    await bank.admin('settings', { jsonDialect });
    const answer = await fetch(`${bank.url}/transactions?${query}`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    expect(await answer.json()).toMatchObject(expected);
  });
});

describe("the simulator's account statement", () => {
  it.each(['camt.053', 'mt940', 'ofx', 'csv.fnb-history'])(
    "comes as a file in %s with the bank's balance",
    async (format) => {
      await addThree();
      const answer = await bank.adminResponse(`statement?format=${format}`);
      const text = await answer.text();
      expect(text).toContain(CODES[0]);
      expect(text).toMatch(/10242[.,]95/);
    },
  );

  it('repeats itself under another message id, and fails in an unknown format', async () => {
    await addThree();
    const text = async (id: string) =>
      (await bank.adminResponse(`statement?format=camt.053&messageId=${id}`)).text();
    expect((await text('ONE')).replaceAll('ONE', 'TWO')).toBe(await text('TWO'));
    expect((await bank.adminResponse('statement?format=pdf')).status).toBe(400);
  });
});

describe('the simulator bank', () => {
  it('gives many lines one id, and books lines a day off, by option', async () => {
    await addThree();
    await bank.admin('set-ids', { id: '9998' });
    await bank.admin('shift-date', { ids: ['9998'], days: -1 });
    const answer = await (await bank.transactions()).json();
    expect(answer).toMatchObject({
      transactions: [
        { id: '9998', date: '2026-11-20', status: 'pending' },
        { id: '9998', date: '2026-11-20' },
        { id: '9998', date: '2026-11-19' },
      ],
    });
  });
});
