import { describe, expect, it } from 'vitest';
import { sendJson } from '../support/bank-server.ts';
import type { FeedDialect } from '../support/feed-dialect.ts';
import { FEED_DIALECTS } from '../support/feed-dialects.ts';
import { aRow, fetchAll, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

describe.each(FEED_DIALECTS)('the $name feed, on untrustworthy rows,', (kind) => {
  async function read(body: string, settings = {}) {
    const changed = { ...kind, settings: { ...kind.settings, ...settings } };
    const { feed } = await startFeed(changed, (_request, response) => {
      sendJson(response, body);
    });
    return fetchAll(feed);
  }
  const refusal = (body: string, settings = {}) => safeFailureOf(read(body, settings));
  const inRow = (row: string) =>
    row.replace(/^(\{"cursor":"c","node":)?\{/, '$&"isNew":1,"CUS12345671 x":2,');
  const page = (...rows: readonly string[]) => kind.page(rows, 1, 1);
  const good = kind.row(aRow({ order: 2, reference: 'GOOD' }));

  /** A good row beside a bad one: the good one is read, and the bad one waits. */
  async function unreadableBesideGood(bad: string) {
    const { sightings, unreadable = [] } = await read(page(good, bad));
    expect(sightings.map(({ references }) => references[0])).toEqual(['GOOD']);
    expect(unreadable).toHaveLength(1);
    return unreadable[0];
  }

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
    '5.001',
    '"1,000.00"',
    '"1,234.50"',
    '"1 234,50"',
    '"٢٥٠"',
    '"NaN"',
    '"R 250.00"',
    'null',
    'true',
    '[7]',
    '{}',
    '""',
    '1000000000000000000',
    ...(kind.isUnsigned ? ['"-250.00"', '"+250.00"', '-0'] : []),
  ])('sets one row apart for the amount %s, and reads the other', async (amount) => {
    const bad = await unreadableBesideGood(kind.row(aRow({ amount })));
    expect(bad?.position).toMatch(/row 2$/);
    expect(bad?.day).toBe('2026-11-20');
    expect(bad?.field).not.toBeNull();
  });

  it.each([
    `"250.00","${kind.amountField}":"250.00"`,
    `"250.00","\\u${(kind.amountField.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}${kind.amountField.slice(1)}":"250.00"`,
  ])('refuses the page for an amount that is there twice: %s', async (amount) => {
    const error = await refusal(page(good, kind.row(aRow({ amount }))));
    expect(error.code).toBe('bank.bad_response');
  });

  it.each(['2026-02-31', '20261131', '2026-11-20T00:00:00', '0001-01-01', ''])(
    'sets one row apart for the date %j, and reads the other',
    async (date) => {
      const bad = await unreadableBesideGood(kind.row(aRow({ date })));
      expect(bad?.day).toBeNull();
      expect(bad?.why).toContain('not a real day');
    },
  );

  it.each(['2026-11-13', '2026-11-21'])(
    'counts no row of %s, which is outside the window',
    async (date) => {
      const outside = kind.row(aRow({ date }));
      if (kind.asksExactly) {
        expect(await unreadableBesideGood(outside)).toMatchObject({
          day: date,
          why: 'the booking date is outside the requested window',
        });
        return;
      }
      const { sightings, unreadable } = await read(page(good, outside));
      expect(sightings).toHaveLength(1);
      expect(unreadable).toEqual([]);
    },
  );

  it.each(kind.breaks)(
    'sets one row apart for %s, and reads the other',
    async (_name, from, to) => {
      const row = kind.row(aRow());
      const changed = row.replace(from, to);
      expect(changed).not.toBe(row);
      const bad = await unreadableBesideGood(changed);
      expect(bad?.raw).toContain('CUS12345671');
      expect(bad?.why).not.toContain('CUS12345671');
    },
  );

  it('keeps our own key out of a row that the bank echoes it into', async () => {
    const bad = kind
      .row(aRow({ amount: '"1,000.00"' }))
      .replace('CUS12345671', 'Bearer KEY-canary SECRET-canary');
    const { unreadable } = await read(page(bad));
    expect(unreadable?.[0]?.raw).toContain('***');
    for (const secret of ['KEY-canary', 'SECRET-canary'].filter((each) =>
      kind.settings.key.includes(each),
    ))
      expect(unreadable?.[0]?.raw).not.toContain(secret);
  });

  it('reads a reference that is a number as the text of its digits', async () => {
    const row = kind.row(aRow()).replace('"CUS12345671"', '12345');
    expect((await read(page(row))).sightings[0]?.references[0]).toBe('12345');
  });

  it('knows an unreadable row again although its place and its id are new', async () => {
    const [one, other] = [1, 3].map((order) => kind.row(aRow({ order, amount: '"1,000.00"' })));
    const first = (await read(page(good, one ?? ''))).unreadable?.[0];
    const again = (await read(page(other ?? '', good))).unreadable?.[0];
    expect(again?.position).not.toBe(first?.position);
    expect(again?.digest).toBe(first?.digest);
  });

  it('refuses the page that holds objects nested without end', async () => {
    expect((await refusal(page('{"a":'.repeat(100_000)))).code).toBe('bank.bad_response');
  });

  it('sets a row apart that is no object', async () => {
    const text = kind.row(aRow()).startsWith('{"cursor"') ? '{"node":"x"}' : '"CUS12345671"';
    expect(await unreadableBesideGood(text)).toMatchObject({ why: 'the row is not an object' });
  });

  it.each([
    ['beside its rows', (body: string) => body.replace('{', '{"isNew":1,"CUS12345671 x":2,')],
    ['in a row', (body: string) => body.replace(kind.row(aRow()), (row) => inRow(row))],
  ])(
    'names an unknown field and reads on, or refuses the page where the account says so: %s',
    async (_name, change) => {
      const body = change(page(kind.row(aRow())));
      expect(body).toContain('isNew');
      const snapshot = await read(body);
      expect(snapshot.sightings).toHaveLength(1);
      expect(snapshot.unknownFields).toEqual(['?', 'isNew']);
      const error = await refusal(body, { unknownFields: 'refuse' });
      expect(error.message).toContain('isNew');
      expect(error.message).toContain('BANK_UNKNOWN_FIELDS=record');
    },
  );

  it('removes NUL from texts and keeps the rest as the payer wrote it', async () => {
    const reference = "cus\\u0000 123; DROP TABLE '\\u202e\\n=cmd";
    const { feed } = await startFeed(kind, (_request, response) => {
      sendJson(response, page(kind.row(aRow({ reference }))));
    });
    const { sightings } = await fetchAll(feed);
    expect(sightings[0]?.references[0]).toBe("cus 123; DROP TABLE '\u202e\n=cmd");
  });
});

async function snapshotOf(kind: FeedDialect, rows: readonly string[]) {
  const { feed } = await startFeed(kind, (_request, response) => {
    sendJson(response, kind.page(rows, 1, 1));
  });
  return fetchAll(feed);
}

describe.each(FEED_DIALECTS.filter((kind) => kind.asksExactly))(
  'the $name feed, which asks for exact days,',
  (kind) => {
    it('refuses the page of a bank that ignores them', async () => {
      const dated = Array.from({ length: 30 }, (_, index) =>
        kind.row(aRow({ order: index + 10, date: '2026-10-01', reference: `OLD ${index}` })),
      );
      const error = await safeFailureOf(snapshotOf(kind, [kind.row(aRow()), ...dated]));
      expect(error.message).toContain('outside the requested window');
    });
  },
);

describe.each(FEED_DIALECTS.filter((kind) => kind.brokenBalance !== undefined))(
  'the $name feed, which states running balances,',
  (kind) => {
    it('reads a row without its balance where that cannot be read, and says so', async () => {
      const [from, to] = kind.brokenBalance ?? [/$/, ''];
      const row = kind.row(aRow());
      const changed = row.replace(from, to);
      expect(changed).not.toBe(row);
      const good = kind.row(aRow({ order: 2, reference: 'GOOD' }));
      const { sightings, unreadable, warnings } = await snapshotOf(kind, [good, changed]);
      expect(sightings.map((each) => each.runningBalanceMinor === null)).toEqual([false, true]);
      expect(unreadable).toEqual([]);
      expect(warnings).toHaveLength(1);
    });
  },
);
