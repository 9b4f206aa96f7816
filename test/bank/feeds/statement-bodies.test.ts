import { describe, expect, it } from 'vitest';
import { camt053 } from '../../support/camt.ts';
import { mt940 } from '../../support/mt940.ts';
import { dialectOf, fetchAll, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

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

describe('a bank that returns a statement file', () => {
  it('sets apart an entry of a day outside the window', async () => {
    const { sightings, unreadable } = await snapshotOf(
      as(XML, /2026-11-20/g, '2026-11-13'),
      'application/xml',
    );
    expect(sightings).toEqual([]);
    expect(unreadable).toMatchObject([{ day: '2026-11-13' }]);
    expect(unreadable?.[0]?.raw).toContain('25000');
  });

  it.each([
    ['camt', XML, 'application/xml'],
    ['camt', XML, 'text/xml; charset=utf-8'],
    ['MT940', TEXT, 'text/plain'],
  ])('counts like one that returns rows (%s, %s)', async (_name, body, type) => {
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
    ['another currency', as(XML, /ZAR/g, 'EUR'), 'application/xml'],
    [
      'a copy',
      camt053([{ amount: '250.00' }], '350.00', { head: '<CpyDplctInd>COPY</CpyDplctInd>' }),
      'application/xml',
    ],
  ])('fails for %s', async (_name, body, type) => {
    const error = await safeFailureOf(snapshotOf(body, type));
    expect(error.code).toBe('bank.bad_response');
  });

  it.each([
    ['camt', XML, 'application/xml'],
    ['MT940', TEXT, 'text/plain'],
  ])('fails when its response is cut at any byte (%s)', async (_name, body, type) => {
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

  const lineOf = (minor: number, id: string) => ({ minor, text: '?20CUS12345671', id });
  const day = (of: string, opening: string, entries: Parameters<typeof mt940>[0]) =>
    as(mt940(entries, { day: of }), 'ZAR100,00', `ZAR${opening}`);
  const first = day('2026-11-18', '100,00', [lineOf(25_000, 'A')]);
  const second = day('2026-11-19', '350,00', [lineOf(5_000, 'B')]).replace(
    /:62F:.*/,
    ':62F:C261119ZAR400,00\r',
  );
  const third = day('2026-11-20', '400,00', []).replace(/:62F:.*/, ':62F:C261120ZAR400,00\r');

  it.each([
    ['the oldest first', first + second + third],
    ['the newest first', third + second + first],
  ])('yields all rows if its statements follow one another, %s', async (_name, body) => {
    const { sightings } = await snapshotOf(body, 'text/plain');
    expect(sightings).toHaveLength(2);
  });

  it.each([
    ['one is missing between two', first + third],
    ['one comes twice', first + first],
    ['one comes twice at its end', first + second + third + second],
  ])('fails if, of its statements, %s', async (_name, body) => {
    expect((await safeFailureOf(snapshotOf(body, 'text/plain'))).code).toBe('bank.bad_response');
  });

  it('fails when a later report of a day repeats the entries of an earlier one', async () => {
    const report = (entries: Parameters<typeof camt053>[0]) =>
      as(camt053(entries, null), /camt\.053/g, 'camt.052')
        .replaceAll('BkToCstmrStmt', 'BkToCstmrAcctRpt')
        .replaceAll('Stmt>', 'Rpt>');
    const entry = { amount: '250.00', reference: 'CUS12345671', id: 'A1' };
    const one = report([entry]);
    const later = report([entry, { ...entry, id: 'A2' }]).match(/<Rpt>.*<\/Rpt>/s)?.[0] ?? '';
    const both = (again: string) => one.replace('</Rpt>', `</Rpt>${again}`);
    const other = later.replace('A1', 'A3');
    expect((await snapshotOf(both(other), 'application/xml')).sightings).toHaveLength(3);
    const error = await safeFailureOf(snapshotOf(both(later), 'application/xml'));
    expect(error.message).toContain('in two of its statements');
  });

  it("fails for someone else's account if our id is an account number", async () => {
    const ours = 'GB33BUKB20201555555555';
    const settings = { ...berlin.settings, accountId: ours };
    const read = async (account: string, type: string) => {
      const { feed } = await startFeed({ ...berlin, settings }, (_request, response) => {
        const json = berlin.page([], 1, 1).replace('{', `{"account":{"iban":"${account}"},`);
        const xml = as(XML, '<Othr><Id>62000000001</Id></Othr>', `<IBAN>${account}</IBAN>`);
        response
          .writeHead(200, { 'content-type': type })
          .end(type === 'application/json' ? json : xml);
      });
      return fetchAll(feed);
    };
    for (const type of ['application/json', 'application/xml']) {
      expect((await read(ours, type)).pages).toBe(1);
      const error = await safeFailureOf(read('GB94BARC10201530093459', type));
      expect(error.message).toContain('another account');
    }
  });

  it('shows pending entries of the window, and skips those expected later', async () => {
    const pending = (day: string) =>
      as(camt053([{ amount: '7.00', day }], null), '<Sts>BOOK</Sts>', '<Sts>PDNG</Sts>').match(
        /<Ntry>.*<\/Ntry>/s,
      )?.[0] ?? '';
    const body = as(XML, '</Stmt>', `${pending('2026-11-20')}${pending('2026-11-23')}</Stmt>`);
    const { sightings } = await snapshotOf(body, 'application/xml');
    expect(sightings.map(({ status, bookingDate }) => [status, bookingDate])).toEqual([
      ['booked', '2026-11-20'],
      ['pending', '2026-11-20'],
    ]);
  });

  it('names batches with unknown parts, so that a person sees them before any credit', async () => {
    const batch =
      '<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch><TxDtls><RmtInf><Ustrd>CUS12345671</Ustrd></RmtInf></TxDtls></NtryDtls>';
    const body = as(XML, /<NtryDtls>.*<\/NtryDtls>/, batch);
    const { sightings, heldPositions } = await snapshotOf(body, 'application/xml');
    expect(sightings).toHaveLength(1);
    expect(heldPositions).toEqual(new Set(sightings.map(({ position }) => position)));
  });
});
