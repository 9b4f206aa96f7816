import { describe, expect, it } from 'vitest';
import type { BookedBalance } from '../../../bank/feeds/feed.ts';
import { sendJson, startBank } from '../support/bank-server.ts';
import { ACCOUNT, type FeedDialect } from '../support/feed-dialect.ts';
import { FEED_DIALECTS } from '../support/feed-dialects.ts';
import { dialectOf, feedAt, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

interface Case {
  readonly name: string;
  readonly path: string;
  /** An answer that states this amount, as it stands in JSON, beside what is available. */
  readonly body: (amount: string) => string;
  readonly breaks: readonly (readonly [string, RegExp, string])[];
  /** Changes after which nothing certain is stated. */
  readonly blurs: readonly (readonly [string, RegExp, string])[];
}

const CASES: readonly Case[] = [
  {
    name: 'investec',
    path: `/za/pb/v1/accounts/${ACCOUNT}/balance`,
    body: (amount) =>
      `{"data":{"accountId":"${ACCOUNT}","currentBalance":${amount},"availableBalance":98857.76,"budgetBalance":0,` +
      `"straightBalance":0,"cashBalance":0,"currency":"ZAR"},"links":{"self":"x"},"meta":{"totalPages":1}}`,
    breaks: [
      ['another account', /"accountId":"\d+"/, '"accountId":"999"'],
      ['another currency', /ZAR/, 'GBP'],
      ['no balance', /"currentBalance"/, '"balanceCurrent"'],
    ],
    blurs: [],
  },
  {
    name: 'open-banking-uk',
    path: `/open-banking/v3.1/aisp/accounts/${ACCOUNT}/balances`,
    body: (amount) =>
      `{"Data":{"Balance":[{"AccountId":"${ACCOUNT}","Amount":{"Amount":"1.00","Currency":"ZAR"},"CreditDebitIndicator":"Credit",` +
      `"Type":"InterimAvailable","DateTime":"2026-11-20T10:00:00+00:00"},{"AccountId":"${ACCOUNT}",` +
      `"Amount":{"Amount":${amount.replace('-', '')},"Currency":"ZAR"},"CreditDebitIndicator":"${amount.includes('-') ? 'Debit' : 'Credit'}",` +
      `"Type":"InterimBooked","DateTime":"2026-11-20T10:00:00+00:00"}]}}`,
    breaks: [
      ['no list', /"Balance":\[/, '"Balance":{},"Other":['],
      [
        'an unknown side',
        /"(?:Debit|Credit)","Type":"InterimBooked"/,
        '"Both","Type":"InterimBooked"',
      ],
      ['a signed amount', /"Amount":"?2/, '"Amount":"-2'],
    ],
    blurs: [
      [
        'another account',
        /"AccountId":"\d+","Amount":\{"Amount":"?2/,
        '"AccountId":"9","Amount":{"Amount":"2',
      ],
      [
        'another currency',
        /ZAR"\},"CreditDebitIndicator":"\w+","Type":"InterimBooked/,
        'GBP"},"CreditDebitIndicator":"Credit","Type":"InterimBooked',
      ],
      [
        'a credit line',
        /"Type":"InterimBooked"/,
        '"Type":"InterimBooked","CreditLine":[{"Included":true}]',
      ],
      ['none that is booked', /InterimBooked/, 'Expected'],
      ['two that differ', /InterimAvailable/, 'InterimBooked'],
    ],
  },
  {
    name: 'berlin-group',
    path: `/v1/accounts/${ACCOUNT}/balances`,
    body: (amount) =>
      `{"account":{"iban":"X"},"balances":[{"balanceType":"expected","balanceAmount":{"currency":"ZAR","amount":"1.00"}},` +
      `{"balanceType":"interimBooked","balanceAmount":{"currency":"ZAR","amount":${amount}}}]}`,
    breaks: [
      ['no list', /"balances"/, '"balance"'],
      ['no amount', /"amount":"?2/, '"value":"2'],
    ],
    blurs: [
      ['another currency', /ZAR","amount":"?2/, 'EUR","amount":"2'],
      [
        'a credit limit',
        /"balanceType":"interimBooked"/,
        '"balanceType":"interimBooked","creditLimitIncluded":true',
      ],
      ['none that is booked', /interimBooked/, 'interimAvailable'],
      ['two that differ', /expected/, 'interimBooked'],
      ['a closing one without its day', /interimBooked/, 'closingBooked'],
    ],
  },
  {
    name: 'stitch',
    path: '/graphql',
    body: (amount) =>
      `{"data":{"node":{"id":"${ACCOUNT}","currentBalance":{"quantity":${amount},"currency":"ZAR"}}}}`,
    breaks: [
      ['another account', /"id":"\d+"/, '"id":"999"'],
      ['another currency', /ZAR/, 'GBP'],
      ['no balance', /"currentBalance"/, '"availableBalance"'],
      ['GraphQL errors', /^\{/, '{"errors":[{"message":"no"}],'],
    ],
    blurs: [],
  },
];

async function ask(kind: FeedDialect, path: string, body: string): Promise<BookedBalance | null> {
  const { feed, bank } = await startFeed(kind, (request, response) => {
    if (request.url.pathname === path) sendJson(response, body);
    else response.writeHead(404).end();
  });
  if (feed.readBalance === undefined) throw new Error('It reads no balance.');
  const balance = await feed.readBalance(new AbortController().signal);
  for (const { url } of bank.requests) expect(url.href).not.toContain('canary');
  return balance;
}

describe.each(CASES)('the balance of the $name feed', ({ name, path, body, breaks }) => {
  const kind = dialectOf(name);

  it.each([
    ['"28857.76"', 2_885_776n],
    ['28857.76', 2_885_776n],
    ['"-2.50"', -250n],
    ['"22345678901.23"', 2_234_567_890_123n],
  ])('equals the booked balance, to the cent: %s', async (amount, minor) => {
    expect(await ask(kind, path, body(amount))).toEqual({ minor, day: null });
  });

  it.each(breaks)('fails with %s', async (_what, pattern, change) => {
    const spoilt = body('"2.50"').replace(pattern, change);
    expect(spoilt).not.toBe(body('"2.50"'));
    const error = await safeFailureOf(ask(kind, path, spoilt));
    expect(error.code).toBe('bank.bad_response');
  });

  it('fails with the code of the bank’s failure', async () => {
    const { feed } = await startFeed(kind, (_request, response) => response.writeHead(503).end());
    const reading = feed.readBalance?.(new AbortController().signal) ?? Promise.resolve(null);
    expect((await safeFailureOf(reading)).code).toBe('bank.unavailable');
  });
});

describe.each(CASES.filter(({ blurs }) => blurs.length > 0))(
  'the balance of the $name feed',
  ({ name, path, body, blurs }) => {
    it.each(blurs)('stays unknown with %s', async (_what, pattern, change) => {
      const blurred = body('"2.50"').replace(pattern, change);
      expect(blurred).not.toBe(body('"2.50"'));
      expect(await ask(dialectOf(name), path, blurred)).toBeNull();
    });
  },
);

describe('the balance of the berlin-group feed', () => {
  const kind = dialectOf('berlin-group');
  const closing = (day: string, amount: string) =>
    `{"balanceType":"closingBooked","referenceDate":"${day}","balanceAmount":{"currency":"ZAR","amount":"${amount}"}}`;

  it('equals the latest end-of-day balance if the bank states no current one', async () => {
    const body = `{"balances":[${closing('2026-11-18', '1.00')},${closing('2026-11-19', '2.00')}]}`;
    expect(await ask(kind, `/v1/accounts/${ACCOUNT}/balances`, body)).toEqual({
      minor: 200n,
      day: '2026-11-19',
    });
  });

  it('stays unknown if amounts have no sign', async () => {
    const bank = await startBank((_request, response) => sendJson(response, '{}'));
    const settings = { ...kind.settings, amounts: 'unsigned' } as const;
    const feed = feedAt({ ...kind, settings }, bank.url);
    expect(await feed.readBalance?.(new AbortController().signal)).toBeNull();
    expect(bank.requests).toEqual([]);
  });
});

describe('a feed of plain JSON', () => {
  it.each(FEED_DIALECTS.filter(({ settings }) => settings.kind === 'json'))(
    'reads no balance, since its format has no call for it: $name',
    (kind) => {
      expect(feedAt(kind, 'http://127.0.0.1:1')).not.toHaveProperty('readBalance');
    },
  );
});
