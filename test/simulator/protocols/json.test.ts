import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ACCOUNT_ID,
  API_KEY,
  readJsonPage,
  startBank,
  type BankClient,
} from '../support/bank-client.ts';

let bank: BankClient;
beforeEach(async () => {
  bank = await startBank();
});
afterEach(() => bank.simulator.close());

function ask(query: string, key = API_KEY): Promise<Response> {
  return fetch(`${bank.url}/transactions?${query}`, {
    headers: { authorization: `Bearer ${key}` },
  });
}

describe('GET /transactions', () => {
  it('returns the documented shape, digit by digit', async () => {
    await bank.admin('lines', [{ id: 'T1', reference: 'CUS12345671', amountMinor: '25000' }]);
    const response = await bank.transactions();
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.text()).toBe(
      '{"transactions":[{"id":"T1","date":"2026-11-21","amount":"250.00","currency":"ZAR","type":"credit",' +
        '"status":"booked","reference":"CUS12345671","description":"PAYSHAP CREDIT","balance":"10250.00"}],"page":1,"pages":1}',
    );
  });

  it('writes amounts as number literals by option', async () => {
    await bank.admin('lines', [{ reference: '', amountMinor: '90071992547409930' }]);
    await bank.admin('settings', { amountsAsNumbers: true });
    expect(await (await bank.transactions()).text()).toContain('"amount":900719925474099.3,');
  });

  it('includes both days of the range, newest line first, with a running balance', async () => {
    await bank.admin('lines', [
      { id: 'before', reference: '', amountMinor: '100', bookingDate: '2026-11-14' },
      { id: 'first', reference: '', amountMinor: '200', bookingDate: '2026-11-15' },
      {
        id: 'last',
        reference: '',
        amountMinor: '50',
        bookingDate: '2026-11-21',
        direction: 'debit',
      },
      { id: 'late', reference: '', amountMinor: '400', bookingDate: '2026-11-15' },
      { id: 'after', reference: '', amountMinor: '800', bookingDate: '2026-11-22' },
    ]);
    const { transactions } = await readJsonPage(bank.transactions());
    expect(transactions.map((row) => row.id)).toEqual(['last', 'late', 'first']);
    expect(transactions.map((row) => row.balance)).toEqual(['10006.50', '10007.00', '10003.00']);
  });

  it('splits the rows into pages that together hold each row once', async () => {
    await bank.admin('generate', { codes: ['CUS12345671'], count: 7 });
    await bank.admin('settings', { pageSize: 3 });
    const asked = await Promise.all(
      [1, 2, 3, 4].map((page) =>
        readJsonPage(ask(`accountId=${ACCOUNT_ID}&from=2026-11-15&to=2026-11-21&page=${page}`)),
      ),
    );
    expect(asked.map(({ page, pages: total }) => [page, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
      [4, 3],
    ]);
    const ids = asked.flatMap(({ transactions }) => transactions.map((row) => row.id));
    expect(ids).toHaveLength(7);
    expect(new Set(ids).size).toBe(7);
  });

  it('shows different ids on each new read when ids are not stable', async () => {
    await bank.admin('lines', [{ id: 'T1', reference: '', amountMinor: '100' }]);
    await bank.admin('settings', { idsStable: false });
    const [first] = (await readJsonPage(bank.transactions())).transactions;
    const [second] = (await readJsonPage(bank.transactions())).transactions;
    expect(first?.id).not.toBe(second?.id);
    expect({ ...first, id: '' }).toEqual({ ...second, id: '' });
  });

  it.each([
    ['a wrong key', `accountId=${ACCOUNT_ID}&from=2026-11-15&to=2026-11-21`, 'other', 401],
    ['another account', 'accountId=1&from=2026-11-15&to=2026-11-21', API_KEY, 404],
    ['no account', 'from=2026-11-15&to=2026-11-21', API_KEY, 400],
    [
      'a day that does not exist',
      `accountId=${ACCOUNT_ID}&from=2026-02-30&to=2026-11-21`,
      API_KEY,
      400,
    ],
    [
      'days in the wrong order',
      `accountId=${ACCOUNT_ID}&from=2026-11-22&to=2026-11-21`,
      API_KEY,
      400,
    ],
    ['page 0', `accountId=${ACCOUNT_ID}&from=2026-11-15&to=2026-11-21&page=0`, API_KEY, 400],
  ])('refuses %s', async (_what, query, key, status) => {
    expect((await ask(query, key)).status).toBe(status);
  });
});
