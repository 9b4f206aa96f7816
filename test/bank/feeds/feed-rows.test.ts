import { describe, expect, it } from 'vitest';
import { sendJson } from '../support/bank-server.ts';
import { FEED_DIALECTS } from '../support/feed-dialects.ts';
import { aRow, fetchAll, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

describe.each(FEED_DIALECTS)('the $name feed, on untrustworthy rows,', (kind) => {
  async function refusal(body: string) {
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, body);
    });
    return safeFailureOf(fetchAll(feed));
  }
  const inRow = (row: string) =>
    row.replace(/^(\{"cursor":"c","node":)?\{/, '$&"isNew":1,"CUS12345671 x":2,');
  const page = (row: string) => kind.page([row], 1, 1);

  it('refuses a page cut at any byte', async () => {
    const whole = page(kind.row(aRow()));
    let sent = '';
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, sent);
    });
    for (let length = 0; length < whole.length; length += 5) {
      sent = whole.slice(0, length);
      expect((await safeFailureOf(fetchAll(feed))).code).toBe('bank.bad_response');
    }
  });

  it.each([
    '"1e5"',
    '1e5',
    '1E400',
    '"0x10"',
    '"1.005"',
    '"1,234.50"',
    '"1 234,50"',
    '"٢٥٠"',
    '"NaN"',
    'null',
    'true',
    '[7]',
    '{}',
    '""',
    '1000000000000000000',
    `"250.00","${kind.amountField}":"250.00"`,
    `"250.00","\\u${(kind.amountField.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}${kind.amountField.slice(1)}":"250.00"`,
    ...(kind.isUnsigned ? ['"-250.00"', '"+250.00"', '-0'] : []),
  ])('refuses the page for the amount %s', async (amount) => {
    const error = await refusal(page(kind.row(aRow({ amount }))));
    expect(error.code).toBe('bank.bad_response');
  });

  it.each(['2026-02-31', '20261131', '2026-11-20T00:00:00', '0001-01-01', ''])(
    'refuses the page for the date %j',
    async (date) => {
      expect((await refusal(page(kind.row(aRow({ date }))))).code).toBe('bank.bad_response');
    },
  );

  it.each(['2026-11-13', '2026-11-21'])(
    'counts no row of %s, which is outside the window',
    async (date) => {
      const body = page(kind.row(aRow({ date })));
      if (kind.asksExactly) {
        expect((await refusal(body)).message).toContain('outside the requested window');
        return;
      }
      const { feed } = await startFeed(kind, (_request, response) => {
        sendJson(response, body);
      });
      expect((await fetchAll(feed)).sightings).toEqual([]);
    },
  );

  it.each(kind.breaks)('refuses the page for %s', async (_name, from, to) => {
    const row = kind.row(aRow());
    const changed = row.replace(from, to);
    expect(changed).not.toBe(row);
    expect((await refusal(page(changed))).code).toBe('bank.bad_response');
  });

  it.each([
    ['a row that is a text', '"CUS12345671"'],
    ['objects nested without end', '{"a":'.repeat(100_000)],
  ])('refuses the page that holds %s', async (_name, row) => {
    expect((await refusal(page(row))).code).toBe('bank.bad_response');
  });

  it.each([
    ['beside its rows', (body: string) => body.replace('{', '{"isNew":1,"CUS12345671 x":2,')],
    ['in a row', (body: string) => body.replace(kind.row(aRow()), (row) => inRow(row))],
  ])('never silently skips an unknown field: %s', async (_name, change) => {
    const body = change(page(kind.row(aRow())));
    expect(body).toContain('isNew');
    if (kind.unknownFields === 'refuse') {
      expect((await refusal(body)).message).toContain('isNew');
      return;
    }
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, body);
    });
    expect((await fetchAll(feed)).unknownFields).toEqual(['?', 'isNew']);
  });

  it('removes NUL from texts and keeps the rest as the payer wrote it', async () => {
    const reference = "cus\\u0000 123; DROP TABLE '\\u202e\\n=cmd";
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, page(kind.row(aRow({ reference }))));
    });
    const { sightings } = await fetchAll(feed);
    expect(sightings[0]?.references[0]).toBe("cus 123; DROP TABLE '\u202e\n=cmd");
  });
});
