import { describe, expect, it } from 'vitest';
import { camt053 } from '../support/camt.ts';
import { mt940 } from '../support/mt940.ts';
import { dialectOf, fetchAll, safeFailureOf, startFeed } from './support/feed-kinds.ts';

const berlin = dialectOf('berlin-group');

async function snapshotOf(body: Uint8Array | string, contentType: string) {
  const { feed } = await startFeed(berlin, (_request, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  });
  return fetchAll(feed);
}

const XML = camt053([{ amount: '250.00', reference: 'CUS12345671', id: 'A1' }], '350.00');
const TEXT = mt940([{ minor: 25_000, text: '?20CUS12345671' }], { day: '2026-11-20' });
const as = (from: Uint8Array, what: string | RegExp, by: string) =>
  Buffer.from(from).toString('utf8').replace(what, by);

describe('a bank that answers with a statement file', () => {
  it.each([
    ['camt', XML, 'application/xml'],
    ['camt', XML, 'text/xml; charset=utf-8'],
    ['MT940', TEXT, 'text/plain'],
  ])('is read like one that answers with rows (%s, %s)', async (_name, body, type) => {
    const { sightings, pages } = await snapshotOf(body, type);
    expect(pages).toBe(1);
    expect(sightings).toMatchObject([
      { amountMinor: 25_000n, direction: 'credit', bookingDate: '2026-11-20', status: 'booked' },
    ]);
    expect(sightings[0]?.references[0]).toContain('CUS12345671');
  });

  it.each<[string, Uint8Array | string, string]>([
    ['XML that is said to be text', XML, 'text/plain'],
    ['MT940 that is said to be XML', TEXT, 'application/xml'],
    ['JSON that is said to be text', berlin.page([], 1, 1), 'text/plain'],
    ['a web page', '<html><body>Maintenance</body></html>', 'application/xml'],
    ['balances that do not agree', camt053([{ amount: '250.00' }], '351.00'), 'application/xml'],
    ['a day outside the window', as(XML, /2026-11-20/g, '2026-11-13'), 'application/xml'],
    ['another currency', as(XML, /ZAR/g, 'EUR'), 'application/xml'],
    [
      'a copy',
      camt053([{ amount: '250.00' }], '350.00', { head: '<CpyDplctInd>COPY</CpyDplctInd>' }),
      'application/xml',
    ],
  ])('is refused for %s', async (_name, body, type) => {
    const error = await safeFailureOf(snapshotOf(body, type));
    expect(error.code).toBe('bank.bad_response');
  });

  it.each([
    ['camt', XML, 'application/xml'],
    ['MT940', TEXT, 'text/plain'],
  ])('is refused when its answer is cut at any byte (%s)', async (_name, body, type) => {
    let sent = body;
    const { feed } = await startFeed(berlin, (_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(sent);
    });
    // A line break after the closing mark is not part of what the file says.
    const end =
      Buffer.from(body).toString('latin1').trimEnd().length - (type === 'text/plain' ? 3 : 0);
    for (let length = 0; length < end; length += 7) {
      sent = body.subarray(0, length);
      expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.bad_response');
    }
  });

  it('names the batches whose parts are not all known, so that no wallet gets them unseen', async () => {
    const batch =
      '<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch><TxDtls><RmtInf><Ustrd>CUS12345671</Ustrd></RmtInf></TxDtls></NtryDtls>';
    const body = as(XML, /<NtryDtls>.*<\/NtryDtls>/, batch);
    const { sightings, heldPositions } = await snapshotOf(body, 'application/xml');
    expect(sightings).toHaveLength(1);
    expect(heldPositions).toEqual(new Set(sightings.map(({ position }) => position)));
  });
});
