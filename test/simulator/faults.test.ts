import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJsonPage, startBank, type BankClient } from './support/bank-client.ts';

let bank: BankClient;
beforeEach(async () => {
  bank = await startBank();
  await bank.admin('lines', [
    { id: 'T1', reference: 'CUS12345671', amountMinor: '25000', bookingDate: '2026-11-18' },
    { id: 'T2', reference: 'CUS00001234', amountMinor: '10000', bookingDate: '2026-11-19' },
    { id: 'T3', reference: 'CUS12345671', amountMinor: '7500', bookingDate: '2026-11-20' },
    { id: 'T4', reference: 'CUS12345671', amountMinor: '4999', bookingDate: '2026-11-21' },
  ]);
});
afterEach(() => bank.simulator.close());

async function idsOf(page: number): Promise<string[]> {
  return (await readJsonPage(fetchPage(page))).transactions.map((row) => row.id);
}

function fetchPage(page: number): Promise<Response> {
  const url = new URL('/transactions', bank.url);
  url.search = `accountId=172878438321553632224&from=2026-11-15&to=2026-11-21&page=${page}`;
  return fetch(url, { headers: { authorization: 'Bearer client-1:secret-1:key-1' } });
}

describe('a failing simulator response', () => {
  it.each([
    ['error500', 500],
    ['error503', 503],
    ['rate-limited', 429],
    ['unauthorized', 401],
  ])('%s answers %d', async (mode, status) => {
    await bank.admin('faults', { mode });
    const response = await bank.transactions();
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBeNull();
  });

  it('names a retry time only if configured', async () => {
    await bank.admin('faults', { mode: 'rate-limited', retryAfterSeconds: 7 });
    expect((await bank.transactions()).headers.get('retry-after')).toBe('7');
  });

  it('turns good again after the configured number of times', async () => {
    await bank.admin('faults', { mode: 'error503', times: 2 });
    const statuses = [];
    for (let each = 0; each < 3; each += 1) statuses.push((await bank.transactions()).status);
    expect(statuses).toEqual([503, 503, 200]);
    expect(await bank.admin('faults')).toEqual({ mode: 'none' });
  });

  it('applies to one of several pages by option', async () => {
    await bank.admin('settings', { pageSize: 2 });
    await bank.admin('faults', { mode: 'error500', page: 2 });
    expect([(await fetchPage(1)).status, (await fetchPage(2)).status]).toEqual([200, 500]);
  });

  it('applies to the token only by option', async () => {
    await bank.admin('faults', { mode: 'error500', endpoint: 'token' });
    expect((await bank.transactions()).status).toBe(200);
    const basic = Buffer.from('client-1:secret-1').toString('base64');
    const response = await fetch(`${bank.url}/identity/v2/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'x-api-key': 'key-1' },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(response.status).toBe(500);
  });
});

describe('a slow simulator response', () => {
  it('waits, then answers correctly (slow)', async () => {
    await bank.admin('faults', { mode: 'slow', delayMs: 150 });
    const startedAt = performance.now();
    expect((await bank.transactions()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(145);
  });

  it('never arrives, and does not stop the bank from closing (hang)', async () => {
    await bank.admin('faults', { mode: 'hang' });
    const answer = bank.transactions().then(
      () => 'answered',
      () => 'cut',
    );
    const counted = async () => bank.admin('requests');
    await expect.poll(counted).toMatchObject({ counts: { 'GET /transactions': 1 } });
    await bank.simulator.close();
    expect(await answer).toBe('cut');
  });

  it('arrives whole, byte by byte (drip)', async () => {
    const whole = await (await bank.transactions()).text();
    await bank.admin('faults', { mode: 'drip', delayMs: 0 });
    expect(await (await bank.transactions()).text()).toBe(whole);
  });

  it('continues far beyond its content (endless-body)', async () => {
    await bank.admin('faults', { mode: 'endless-body' });
    const { body } = await bank.transactions();
    let bytes = 0;
    const chunks: AsyncIterable<Uint8Array> = body ?? new ReadableStream<Uint8Array>();
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > 1_000_000) break;
    }
    expect(bytes).toBeGreaterThan(1_000_000);
  });
});

describe('an untrustworthy simulator response', () => {
  it('ends the connection in the middle (cut-body)', async () => {
    await bank.admin('faults', { mode: 'cut-body' });
    const response = await bank.transactions();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('comes with a good status and a web page (html)', async () => {
    await bank.admin('faults', { mode: 'html' });
    const response = await bank.transactions();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(await response.text()).toContain('<html>');
  });

  it('labels good JSON as text (wrong-content-type)', async () => {
    await bank.admin('faults', { mode: 'wrong-content-type' });
    const response = await bank.transactions();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect((await readJsonPage(Promise.resolve(response))).transactions).toHaveLength(4);
  });

  it('ends completely after half a document (not-json)', async () => {
    await bank.admin('faults', { mode: 'not-json' });
    const text = await (await bank.transactions()).text();
    expect(text.startsWith('{"transactions":[')).toBe(true);
    expect(() => {
      JSON.parse(text);
    }).toThrow();
  });

  it('states one amount twice, as a string or as a number (duplicate-keys)', async () => {
    await bank.admin('faults', { mode: 'duplicate-keys' });
    expect(await (await bank.transactions()).text()).toContain('"amount":"49.99","amount":"0.01"');
    await bank.admin('settings', { amountsAsNumbers: true });
    expect(await (await bank.transactions()).text()).toContain('"amount":49.99,"amount":0.01');
  });

  it('equals the configured one (raw)', async () => {
    const body = '{"transactions":[{"amount":1e5}]}';
    await bank.admin('faults', { mode: 'raw', status: 206, contentType: 'application/json', body });
    const response = await bank.transactions();
    expect([response.status, await response.text()]).toEqual([206, body]);
  });

  it('stays valid without rows (empty)', async () => {
    await bank.admin('faults', { mode: 'empty' });
    expect(await (await bank.transactions()).json()).toEqual({
      transactions: [],
      page: 1,
      pages: 1,
    });
  });
});

describe('the simulator bank, on wrong pages,', () => {
  it('repeats page 1 as page 2, even if there is only one (duplicate-page)', async () => {
    await bank.admin('faults', { mode: 'duplicate-page', times: 1 });
    expect(await (await fetchPage(1)).json()).toMatchObject({ page: 1, pages: 2 });
    expect(await (await fetchPage(2)).json()).toMatchObject({ page: 2, pages: 2 });
    await bank.admin('settings', { pageSize: 2 });
    await bank.admin('faults', { mode: 'duplicate-page' });
    expect(await idsOf(2)).toEqual(await idsOf(1));
  });

  it('misses the newest row and repeats one across the pages, then answers correctly (shifting-pages)', async () => {
    await bank.admin('settings', { pageSize: 2 });
    await bank.admin('faults', { mode: 'shifting-pages', times: 1 });
    expect([...(await idsOf(1)), ...(await idsOf(2))]).toEqual(['T3', 'T2', 'T2', 'T1']);
    expect([...(await idsOf(1)), ...(await idsOf(2))]).toEqual(['T4', 'T3', 'T2', 'T1']);
  });

  it('never errs twice in the same way (shifting-pages)', async () => {
    await bank.admin('settings', { pageSize: 2 });
    await bank.admin('faults', { mode: 'shifting-pages' });
    expect(await idsOf(1)).not.toEqual(await idsOf(1));
  });
});
