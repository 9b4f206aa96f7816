import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCOUNT_ID, startBank, type BankClient } from '../support/bank-client.ts';

const ROWS = `/za/pb/v1/accounts/${ACCOUNT_ID}/transactions`;
const ROW = z.looseObject({ description: z.string(), uuid: z.string().optional() });
const ANSWER = z.object({
  data: z.object({
    transactions: z.array(ROW).optional(),
    PendingTransaction: z.array(ROW).optional(),
  }),
  meta: z.object({ totalPages: z.number() }),
});
const TOKEN = z.looseObject({ access_token: z.string() });
let bank: BankClient;
let instant: Date;
beforeEach(async () => {
  instant = new Date('2026-11-20T22:30:00Z');
  bank = await startBank({ now: () => instant });
});
afterEach(() => bank.simulator.close());

function askToken(changes: Record<string, string> = {}, body = 'grant_type=client_credentials') {
  return fetch(`${bank.url}/identity/v2/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('client-1:secret-1').toString('base64')}`,
      'x-api-key': 'key-1',
      'content-type': 'application/x-www-form-urlencoded',
      ...changes,
    },
    body,
  });
}

async function token(): Promise<string> {
  return TOKEN.parse(await (await askToken()).json()).access_token;
}

async function get(path: string, bearer?: string): Promise<Response> {
  return fetch(`${bank.url}${path}`, {
    headers: { authorization: `Bearer ${bearer ?? (await token())}` },
  });
}

async function rows(path: string = ROWS) {
  const { data } = ANSWER.parse(await (await get(path)).json());
  return data.transactions ?? data.PendingTransaction ?? [];
}

describe("the simulator's investec token", () => {
  it('requires the client, its secret and its key, and gives a lifetime as string or number', async () => {
    expect(await (await askToken()).json()).toMatchObject({
      token_type: 'Bearer',
      expires_in: '1799',
    });
    await bank.admin('settings', { expiresInAs: 'number' });
    expect(await (await askToken()).json()).toMatchObject({ expires_in: 1799 });
  });

  it('requires the right secret, key and grant', async () => {
    const wrongSecret = `Basic ${Buffer.from('client-1:other').toString('base64')}`;
    expect((await askToken({ authorization: wrongSecret })).status).toBe(401);
    expect((await askToken({ 'x-api-key': 'other' })).status).toBe(401);
    expect((await askToken({}, 'grant_type=password')).status).toBe(400);
  });

  it('fails once expired', async () => {
    const bearer = await token();
    expect((await get(ROWS, bearer)).status).toBe(200);
    instant = new Date(instant.getTime() + 1_800_000);
    expect((await get(ROWS, bearer)).status).toBe(401);
    expect((await get(ROWS, 'invented')).status).toBe(401);
  });
});

describe("the simulator's investec account list", () => {
  it('shows the account, its balance as a number literal, and no other account', async () => {
    await bank.admin('lines', [{ reference: '', amountMinor: '5360' }]);
    expect(await (await get('/za/pb/v1/accounts')).json()).toMatchObject({
      data: { accounts: [{ accountId: ACCOUNT_ID }] },
    });
    const balance = await (await get(`/za/pb/v1/accounts/${ACCOUNT_ID}/balance`)).text();
    expect(balance).toContain('"currentBalance":10053.6,');
    expect((await get('/za/pb/v1/accounts/1/transactions')).status).toBe(403);
  });
});

describe("the simulator's investec transaction list", () => {
  it('shows number literals, the documented uuid and one description for text and reference', async () => {
    await bank.admin('lines', [
      { reference: 'CUS12345671', amountMinor: '25000', bookingDate: '2026-11-20' },
    ]);
    const text = await (await get(`${ROWS}?fromDate=2026-11-20&toDate=2026-11-20`)).text();
    expect(text).toContain('"amount":250,"runningBalance":10250,');
    expect(JSON.parse(text)).toMatchObject({
      data: {
        transactions: [
          {
            accountId: ACCOUNT_ID,
            type: 'CREDIT',
            status: 'POSTED',
            description: 'PAYSHAP CREDIT CUS12345671',
            postedOrder: 1,
            postingDate: '2026-11-20',
            uuid: '32224202611200000001',
          },
        ],
      },
      meta: { totalPages: 1 },
    });
  });

  it("cuts the bank's text before the payer's reference", async () => {
    const description = 'DIGITAL PAYMENT CR ABSA BANK';
    const reference = 'CUS 1234 5671 T NKOSI';
    await bank.admin('lines', [{ reference, description, amountMinor: '100' }]);
    const [row] = await rows();
    expect(row?.description).toBe('DIGITAL PAYMENT CR CUS 1234 5671 T NKOSI');
    expect(row?.description).toHaveLength(40);
  });

  it('shows an order that is not final, or neither order nor uuid, by option', async () => {
    await bank.admin('lines', [{ reference: '', amountMinor: '100' }]);
    await bank.admin('settings', { postedOrder: 'zero' });
    expect((await rows())[0]).toMatchObject({ postedOrder: 0 });
    await bank.admin('settings', { postedOrder: 'absent' });
    const [row] = await rows();
    for (const name of ['postedOrder', 'uuid', 'runningBalance'])
      expect(row).not.toHaveProperty(name);
  });

  it('separates pending rows until they are booked', async () => {
    await bank.admin('lines', [
      { reference: 'CUS12345671', amountMinor: '100', status: 'pending' },
    ]);
    const pendingPath = `/za/pb/v1/accounts/${ACCOUNT_ID}/pending-transactions`;
    expect(await rows()).toHaveLength(0);
    expect(await rows(`${ROWS}?includePending=true`)).toMatchObject([{ status: 'PENDING' }]);
    expect(await rows(pendingPath)).toHaveLength(1);
    await bank.admin('book-pending', {});
    expect(await rows()).toMatchObject([{ status: 'POSTED' }]);
    expect(await rows(pendingPath)).toHaveLength(0);
  });

  it('comes in pages', async () => {
    await bank.admin('generate', { codes: ['CUS12345671'], count: 5 });
    await bank.admin('settings', { pageSize: 2 });
    const pages = await Promise.all(
      [1, 2, 3].map(async (page) => ANSWER.parse(await (await get(`${ROWS}?page=${page}`)).json())),
    );
    const uuids = pages.flatMap(({ data }) => data.transactions ?? []).map((row) => row.uuid);
    expect(new Set(uuids).size).toBe(5);
    expect(pages[0]?.meta.totalPages).toBe(3);
  });
});
