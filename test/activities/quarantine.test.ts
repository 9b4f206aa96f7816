import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendJson, type Answer } from '../bank/support/bank-server.ts';
import { anAccount, aWallet, NOW } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { investec, plain } from './support/bank-rows.ts';
import { beside, caseCount, creditsOf, lineCount, openCases } from './support/beside-good.ts';
import { aShownBank, runOnce } from './support/polled-bank.ts';

const NEXT_DAY = new Date(NOW.getTime() + 24 * 3_600_000);

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

describe('an unreadable row', () => {
  it('stays one case however often it is read, at any place and under any id', async () => {
    const { accountKey, bank } = await beside(test, 'json', plain({ amount: '1,000.00' }));
    bank.rows = [plain({ amount: '1,000.00' }), ...bank.rows.slice(0, 1)];
    await runOnce(test, accountKey, bank);
    await runOnce(test, accountKey, bank, NEXT_DAY);
    expect(await openCases(test, accountKey)).toMatchObject([{ position: 'page 1, row 1' }]);
    expect(await caseCount(test, accountKey)).toBe(1);
  });

  it('opens as many cases as one read shows equal rows', async () => {
    const { accountKey, bank } = await beside(test, 'json', plain({ amount: '1,000.00' }));
    bank.rows = [...bank.rows, plain({ amount: '1,000.00' })];
    await runOnce(test, accountKey, bank);
    expect(await openCases(test, accountKey)).toHaveLength(2);
  });

  it('ends once the bank corrects it, and the line is captured', async () => {
    const { accountKey, bank } = await beside(test, 'json', plain({ amount: '1,000.00' }));
    bank.rows = [...bank.rows.slice(0, 1), plain({ amount: '1000.00' })];
    await runOnce(test, accountKey, bank);
    expect(await openCases(test, accountKey)).toEqual([]);
    expect(await lineCount(test, accountKey)).toBe(2);
  });

  it('ends once a read of its day no longer shows it, and opens again with the row', async () => {
    const { accountKey, bank } = await beside(test, 'json', plain({ amount: '1,000.00' }));
    const all = bank.rows;
    bank.rows = all.slice(0, 1);
    await runOnce(test, accountKey, bank, NEXT_DAY);
    expect(await openCases(test, accountKey)).toEqual([]);
    bank.rows = all;
    await runOnce(test, accountKey, bank, NEXT_DAY);
    expect(await openCases(test, accountKey)).toHaveLength(1);
    expect(await caseCount(test, accountKey)).toBe(2);
  });

  it('waits on when its day is unknown and a later read begins a day later', async () => {
    const { accountKey, bank } = await beside(test, 'json', plain({ date: 'yesterday' }));
    await runOnce(test, accountKey, bank, NEXT_DAY);
    bank.rows = bank.rows.slice(0, 1);
    await runOnce(test, accountKey, bank, new Date(NEXT_DAY.getTime() + 24 * 3_600_000));
    expect(await openCases(test, accountKey)).toHaveLength(1);
  });

  it('ends when the day to come that it names is read', async () => {
    const { accountKey, bank } = await beside(test, 'json', plain({ date: '2026-11-21' }));
    await runOnce(test, accountKey, bank, NEXT_DAY);
    expect(await openCases(test, accountKey)).toEqual([]);
    expect(await lineCount(test, accountKey)).toBe(2);
  });
});

describe('known lines that the bank writes unreadably for some time', () => {
  it('count as neither removed nor new', async () => {
    const accountKey = await anAccount(test.db);
    const { code, walletId } = await aWallet(test.db);
    const bank = await aShownBank('json');
    const good = [plain({ reference: code, date: '2026-11-18' }), plain({ date: '2026-11-18' })];
    bank.rows = good;
    await runOnce(test, accountKey, bank);
    bank.rows = good.map((row) => ({ ...row, amount: 'R50.00' }));
    for (let reads = 0; reads < 4; reads += 1) await runOnce(test, accountKey, bank);
    const vanished = await test.owner`
      select 1 from line_cases c join lines l on l.id = c.line_id where l.bank_account_key = ${accountKey}`;
    expect(vanished).toHaveLength(0);
    expect(await openCases(test, accountKey)).toHaveLength(2);
    bank.rows = good;
    await runOnce(test, accountKey, bank);
    expect(await openCases(test, accountKey)).toEqual([]);
    expect(await lineCount(test, accountKey)).toBe(2);
    expect(await creditsOf(test, walletId)).toBe('1');
  });
});

describe('a field that nobody knows', () => {
  it('stands recorded once for an account and does not stop the read', async () => {
    const { accountKey, bank } = await beside(test, 'json', plain({ category: 'TRANSFER' }));
    await runOnce(test, accountKey, bank, NEXT_DAY);
    const fields = await test.owner`
      select name, last_seen_at > first_seen_at as again from unknown_fields where bank_account_key = ${accountKey}`;
    expect([...fields]).toEqual([{ name: 'category', again: true }]);
  });

  it('refuses the read of an account that wants it, and the run names page, row and field', async () => {
    const accountKey = await anAccount(test.db);
    const bank = await aShownBank('json', { unknownFields: 'refuse' });
    bank.rows = [plain(), plain({ category: 'TRANSFER' })];
    expect(await runOnce(test, accountKey, bank)).toMatchObject({
      outcome: 'failed',
      error_code: 'bank.bad_response',
      error_detail: expect.stringContaining('page 1, row 2 has unknown fields: category') as string,
    });
    expect(await lineCount(test, accountKey)).toBe(0);
  });
});

describe('a page that is not whole', () => {
  const good = JSON.stringify({ transactions: [plain()], page: 1, pages: 1 });
  it.each([
    ['cut', good.slice(0, -10)],
    ['with an amount twice', good.replace('"amount"', '"amount":"1.00","amount"')],
    ['of another type', '[]'],
    ['without its list', '{"page":1,"pages":1}'],
    ['of another page', good.replace('"page":1', '"page":2')],
  ])('fails the run and says why: %s', async (_name, body) => {
    const accountKey = await anAccount(test.db);
    const bank = await aShownBank('json');
    bank.body = body;
    const run = await runOnce(test, accountKey, bank);
    expect(run).toMatchObject({ outcome: 'failed', error_code: 'bank.bad_response' });
    expect(String(run['error_detail']).length).toBeGreaterThan(20);
    expect(await lineCount(test, accountKey)).toBe(0);
  });
});

describe('the call that only shows pending rows', () => {
  it.each<[string, Answer]>([
    ['400', (_request, response) => response.writeHead(400).end()],
    ['429', (_request, response) => response.writeHead(429, { 'retry-after': '60' }).end()],
    ['500', (_request, response) => response.writeHead(500).end()],
    [
      'a web page',
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    ],
    ['an odd shape', (_request, response) => sendJson(response, '{"data":[]}')],
    ['a cut answer', (_request, response) => sendJson(response, '{"data":')],
    ['a closed connection', (_request, response) => response.socket?.destroy()],
  ])('never costs the booked rows: %s', async (_name, answer) => {
    const accountKey = await anAccount(test.db);
    const bank = await aShownBank('investec');
    bank.rows = [investec()];
    bank.pending = answer;
    const run = await runOnce(test, accountKey, bank);
    expect(run).toMatchObject({ error_code: null, lines_new: 1 });
    expect(run['warnings']).toContainEqual(expect.stringMatching(/^Pending rows were not read: /));
  });
});
