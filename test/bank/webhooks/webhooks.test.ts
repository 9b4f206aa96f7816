import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { isCoded, type CodedError } from '../../../domain/errors.ts';
import { ZAR } from '../../../domain/money/money.ts';
import { readBankEvent } from '../../../bank/webhooks/read-bank-event.ts';
import { STANDARD_BANK } from '../../../bank/feeds/presets/standard-bank.ts';
import { verifyStandardWebhook } from '../../../bank/webhooks/verify-standard-webhook.ts';
import type { WebhookHeaders } from '../../../bank/webhooks/webhook-headers.ts';

const SECRET = `whsec_${Buffer.from('a secret of the first bank').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('a secret of another bank').toString('base64')}`;
const NOW = new Date('2026-11-20T10:00:00Z');
const BODY = Buffer.from('{"type":"transaction.booked"}');

/** Signs with the specification's own library: an implementation that is not ours. */
function sign(
  body: Buffer,
  { id = 'msg_1', at = NOW, secret = SECRET } = {},
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': Math.floor(at.getTime() / 1000).toString(),
    'webhook-signature': new Webhook(secret).sign(id, at, body.toString()),
  };
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isCoded(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

const verify = (headers: WebhookHeaders, rawBody = BODY, secrets: readonly string[] = [SECRET]) =>
  verifyStandardWebhook({ secrets, headers, rawBody, now: NOW });

describe('the check of a webhook signature', () => {
  it('accepts what the specification’s own library made', () => {
    expect(verify(sign(BODY))).toEqual({ id: 'msg_1', timestamp: NOW });
  });

  it("accepts Svix's header names, in any letter case", () => {
    const headers = Object.fromEntries(
      Object.entries(sign(BODY)).map(([name, value]) => [name.replace('webhook', 'Svix'), value]),
    );
    expect(verify(headers).id).toBe('msg_1');
  });

  it('accepts either secret during a rotation, and several signatures', () => {
    const old = sign(BODY, { secret: OTHER });
    expect(verify(old, BODY, [SECRET, OTHER]).id).toBe('msg_1');
    const both = `${old['webhook-signature'] ?? ''} v1a,xyz ${sign(BODY)['webhook-signature'] ?? ''}`;
    expect(verify({ ...old, 'webhook-signature': both }).id).toBe('msg_1');
  });

  it.each([
    [0, 'accepted'],
    [299, 'accepted'],
    [300, 'accepted'],
    [301, 'webhook.bad_signature'],
    [7 * 86_400, 'webhook.bad_signature'],
    [-299, 'accepted'],
    [-301, 'webhook.bad_signature'],
  ])('answers %i seconds after the signed time: %s', (age, outcome) => {
    const at = new Date(NOW.getTime() - age * 1000);
    expect(codeOf(() => verify(sign(BODY, { at })))).toBe(outcome);
  });

  const good = sign(BODY);
  const signature = good['webhook-signature'] ?? '';
  it.each<[string, WebhookHeaders]>([
    ['no id', { ...good, 'webhook-id': undefined }],
    ['no timestamp', { ...good, 'webhook-timestamp': '' }],
    ['no signature', { ...good, 'webhook-signature': undefined }],
    ['a header that comes twice', { ...good, 'webhook-id': ['msg_1', 'msg_2'] }],
    ['another id', { ...good, 'webhook-id': 'msg_2' }],
    ['an id with a dot', sign(BODY, { id: 'msg.1' })],
    ['another timestamp', { ...good, 'webhook-timestamp': (NOW.getTime() / 1000 + 1).toString() }],
    ['a timestamp that is no number', { ...good, 'webhook-timestamp': '1e9' }],
    ['a cut signature', { ...good, 'webhook-signature': signature.slice(0, -2) }],
    ['a longer signature', { ...good, 'webhook-signature': `${signature}AAAA` }],
    [
      'a signature of another scheme',
      { ...good, 'webhook-signature': signature.replace('v1,', 'v1a,') },
    ],
    [
      'more signatures than anybody sends',
      { ...good, 'webhook-signature': `${'v1,x '.repeat(30)}${signature}` },
    ],
    [
      'names of two kinds mixed',
      {
        'svix-id': 'msg_1',
        'webhook-timestamp': good['webhook-timestamp'],
        'webhook-signature': signature,
      },
    ],
  ])('refuses %s', (_name, headers) => {
    expect(codeOf(() => verify(headers))).toBe('webhook.bad_signature');
  });

  it('refuses another body, another secret and no secret at all', () => {
    expect(codeOf(() => verify(good, Buffer.from('{}')))).toBe('webhook.bad_signature');
    expect(codeOf(() => verify(good, BODY, [OTHER]))).toBe('webhook.bad_signature');
    expect(codeOf(() => verify(good, BODY, []))).toBe('webhook.bad_signature');
  });

  it('distinguishes two bodies that differ only in invalid bytes', () => {
    const signed = Buffer.from('"\ufffd"');
    const forged = Buffer.from([0x22, 0xff, 0x22]);
    expect(forged.toString()).toBe(signed.toString());
    expect(codeOf(() => verify(sign(signed), signed))).toBe('accepted');
    expect(codeOf(() => verify(sign(signed), forged))).toBe('webhook.bad_signature');
  });

  it.each(['', 'whsec_', 'not base64!'])(
    'reports a configuration fault for an impossible secret (%j)',
    (secret) => {
      expect(codeOf(() => verify(good, BODY, [secret]))).toBe('config.invalid');
    },
  );
});

const ROW = {
  id: 'T1',
  date: '2026-11-20',
  amount: '250.00',
  currency: 'ZAR',
  type: 'credit',
  status: 'booked',
  reference: 'CUS12345671',
  description: 'PAYSHAP CREDIT',
  balance: '10250.00',
};
const EVENT = { type: 'transaction.booked', accountId: 'ID', transaction: ROW };

const ACCOUNT = {
  accountId: 'ID',
  currency: ZAR,
  timeZone: 'Africa/Johannesburg',
  fieldMap: null,
  trust: 'credit',
  unknownFields: 'record',
} as const;

function read(event: unknown) {
  const body = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  return readBankEvent(body, ACCOUNT, NOW);
}

function refusalOf(event: unknown): CodedError {
  try {
    read(event);
  } catch (error) {
    if (isCoded(error)) return error;
    throw error;
  }
  throw new Error('The event was accepted.');
}

describe('a bank event', () => {
  it('carries a whole booked row as a sighting', () => {
    expect(read(EVENT)).toMatchObject({
      kind: 'line',
      sighting: {
        bankId: 'T1',
        amountMinor: 25_000n,
        direction: 'credit',
        bookingDate: '2026-11-20',
        references: ['CUS12345671'],
        text: 'PAYSHAP CREDIT',
        runningBalanceMinor: 1_025_000n,
      },
    });
  });

  it.each([
    ['another type', { ...EVENT, type: 'balance.changed', balance: {} }],
    ['no transaction', { type: 'transaction.booked', accountId: 'ID' }],
    ['a pending transaction', { ...EVENT, type: 'transaction.pending' }],
  ])('only triggers a read of the account with %s', (_name, event) => {
    expect(read(event)).toEqual({ kind: 'pointer' });
  });

  it.each<[string, unknown]>([
    ['no JSON', 'CUS12345671'],
    ['cut JSON', JSON.stringify(EVENT).slice(0, -1)],
    ['a list', []],
    ['no type', { accountId: 'ID' }],
    ['a type that is no name', { ...EVENT, type: 'a b' }],
    ['an account that is a number', { ...EVENT, accountId: 5 }],
    ['a transaction that is a text', { ...EVENT, transaction: 'T1' }],
    ['a row that is not booked', { ...EVENT, transaction: { ...ROW, status: 'pending' } }],
    ['another currency', { ...EVENT, transaction: { ...ROW, currency: 'zar' } }],
    ['a day after tomorrow', { ...EVENT, transaction: { ...ROW, date: '2026-11-22' } }],
    ['an amount twice', JSON.stringify(EVENT).replace('"amount"', '"amount":"250.00","amount"')],
  ])('fails for %s, without repeating a value', (_name, event) => {
    const error = refusalOf(event);
    expect(error.code).toBe('webhook.unreadable');
    expect(error.message).not.toContain('CUS12345671');
  });

  it('fails for another account of the same bank', () => {
    expect(refusalOf({ ...EVENT, accountId: 'OTHER' }).details).toEqual({
      reason: 'account_mismatch',
    });
    expect(refusalOf({ ...EVENT, transaction: { ...ROW, accountId: 'OTHER' } }).code).toBe(
      'webhook.unreadable',
    );
  });

  it('announces a reversal as strictly as a new line', () => {
    expect(read({ ...EVENT, type: 'transaction.reversed' })).toMatchObject({
      kind: 'reversal',
      sighting: { bankId: 'T1', amountMinor: 25_000n },
    });
    const transaction = { ...ROW, amount: '1,000.00' };
    expect(refusalOf({ ...EVENT, type: 'transaction.reversed', transaction }).code).toBe(
      'webhook.unreadable',
    );
  });

  it.each([
    ['beside the row', { ...EVENT, retry: 1 }],
    ['in the row', { ...EVENT, transaction: { ...ROW, fee: '1' } }],
    ['as a prototype', JSON.stringify(EVENT).replace('"id"', '"__proto__":{},"id"')],
  ])('reads on past an unknown field %s, or fails where the account says so', (_name, event) => {
    expect(read(event)).toMatchObject({ kind: 'line', sighting: { amountMinor: 25_000n } });
    const body = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
    expect(() => readBankEvent(body, { ...ACCOUNT, unknownFields: 'refuse' }, NOW)).toThrow(
      /unknown fields/,
    );
  });

  it('goes through the field map of the account', () => {
    const transaction = {
      transactionId: 'S1',
      postingDate: '20261120',
      transactionAmount: '-12,50',
      currencyCode: 'ZAR',
      statusCode: 'PST',
      remitterReference: 'CUS12345671',
    };
    const body = Buffer.from(JSON.stringify({ ...EVENT, transaction }));
    expect(readBankEvent(body, { ...ACCOUNT, fieldMap: STANDARD_BANK }, NOW)).toMatchObject({
      kind: 'line',
      sighting: { bankId: 'S1', amountMinor: 1_250n, direction: 'debit' },
    });
  });

  it.each([
    ['a whole row', EVENT],
    ['a shape of its own', { id: 'x', event: { paid: true } }],
  ])('only triggers a read if the account trusts it as a hint: %s', (_name, event) => {
    const body = Buffer.from(JSON.stringify(event));
    expect(readBankEvent(body, { ...ACCOUNT, trust: 'hint' }, NOW)).toEqual({ kind: 'pointer' });
  });

  it('keeps the booking date of a bank whose next day has begun', () => {
    expect(read({ ...EVENT, transaction: { ...ROW, date: '2026-11-21' } }).kind).toBe('line');
  });
});
