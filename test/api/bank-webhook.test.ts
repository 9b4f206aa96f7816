import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renameAccount } from '../../app/account/rename-account.ts';
import { BANK_EVENTS_CHANNEL } from '../../db/channels.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  ACCOUNT,
  countPostings,
  startApi,
  WEBHOOK_SECRETS,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const SECONDS = String(NOW.getTime() / 1_000);
const TRANSACTION = {
  id: 'T1',
  date: '2026-11-20',
  amount: '250.00',
  currency: 'ZAR',
  type: 'credit',
  status: 'booked',
  reference: 'CUS12345678',
  description: 'PAYSHAP CREDIT',
};
const EVENT = { type: 'transaction.booked', accountId: 'ACC-1', transaction: TRANSACTION };

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi({ clock: () => NOW });
});
afterAll(() => service.close());

function sign(id: string, seconds: string, body: Buffer, secret: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = Buffer.concat([Buffer.from(`${id}.${seconds}.`), body]);
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

interface Delivery {
  readonly id: string;
  readonly body: object | string | Buffer;
  readonly secret?: string;
  readonly account?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

function deliver(delivery: Delivery) {
  const { id, secret = WEBHOOK_SECRETS[0] ?? '', account = ACCOUNT } = delivery;
  const body = Buffer.isBuffer(delivery.body)
    ? delivery.body
    : Buffer.from(
        typeof delivery.body === 'string' ? delivery.body : JSON.stringify(delivery.body),
      );
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': SECONDS,
    'webhook-signature': sign(id, SECONDS, body, secret),
    ...delivery.headers,
  };
  const present = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return service.app.inject({
    method: 'POST',
    url: `/webhooks/bank/${account}`,
    headers: Object.fromEntries(present),
    payload: body,
  });
}

async function storedIds(): Promise<readonly string[]> {
  const rows = await service.database.owner<{ event_id: string }[]>`
    select event_id from bank_events order by id`;
  return rows.map((row) => row.event_id);
}

describe('the webhook endpoint, on a valid delivery,', () => {
  it('stores the bytes as they came, triggers the relay and moves nothing', async () => {
    const bells: string[] = [];
    const listening = await service.database.owner.listen(BANK_EVENTS_CHANNEL, (payload) => {
      bells.push(payload);
    });
    const body = `{"type":"transaction.booked",  "accountId":"ACC-1","transaction":${JSON.stringify(TRANSACTION)}}`;
    const answer = await deliver({ id: 'evt-bytes', body });
    expect([answer.statusCode, answer.json()]).toEqual([202, { outcome: 'stored' }]);
    const [row] = await service.database.owner<{ body: Buffer; handled_at: Date | null }[]>`
      select body, handled_at from bank_events where event_id = 'evt-bytes'`;
    expect(row?.body.toString()).toBe(body);
    expect(row?.handled_at).toBeNull();
    await waitFor('the bell', () => bells.length > 0);
    await listening.unlisten();
    expect(await countPostings(service)).toBe(0);
  });

  it('stores an event once, however often and fast it comes', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => deliver({ id: 'evt-often', body: EVENT })),
    );
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([202]));
    const outcomes = answers.map((answer) => answer.json<{ outcome: string }>().outcome);
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
    expect((await storedIds()).filter((id) => id === 'evt-often')).toHaveLength(1);
  });

  it('takes an event at the account’s later name as one of the account', async () => {
    await renameAccount(service.database.db, {
      from: ACCOUNT,
      to: 'renamed',
      by: SYSTEM_ACTOR,
      why: 'a test',
    });
    expect((await deliver({ id: 'evt-name', body: EVENT, account: 'renamed' })).statusCode).toBe(
      202,
    );
    const rows = await service.database.owner`
      select bank_account_key from bank_events where event_id = 'evt-name'`;
    expect(rows).toMatchObject([{ bank_account_key: ACCOUNT }]);
  });

  it('accepts the next secret during a rotation, and one valid signature among several', async () => {
    const next = await deliver({ id: 'evt-next', body: EVENT, secret: WEBHOOK_SECRETS[1] ?? '' });
    expect(next.statusCode).toBe(202);
    const good = sign(
      'evt-many',
      SECONDS,
      Buffer.from(JSON.stringify(EVENT)),
      WEBHOOK_SECRETS[0] ?? '',
    );
    const many = await deliver({
      id: 'evt-many',
      body: EVENT,
      headers: { 'webhook-signature': `v1,AAAA v2,x ${good}` },
    });
    expect(many.statusCode).toBe(202);
  });

  it('accepts an event without a transaction as a pointer', async () => {
    const body = { type: 'account.changed', accountId: 'ACC-1' };
    expect((await deliver({ id: 'evt-pointer', body })).statusCode).toBe(202);
  });
});

describe('the webhook endpoint, on a bad signature,', () => {
  const foreign = `whsec_${Buffer.from('a secret that is somebody elses').toString('base64')}`;
  const bytes = Buffer.from(JSON.stringify(EVENT));
  const good = (id: string) => sign(id, SECONDS, bytes, WEBHOOK_SECRETS[0] ?? '');
  const stale = String(NOW.getTime() / 1_000 - 301);
  const early = String(NOW.getTime() / 1_000 + 301);
  const cases: readonly (readonly [string, Partial<Delivery>])[] = [
    ['another secret', { secret: foreign }],
    ['an account without secrets', { account: 'nobody' }],
    ['no id', { headers: { 'webhook-id': undefined } }],
    ['no timestamp', { headers: { 'webhook-timestamp': undefined } }],
    ['no signature', { headers: { 'webhook-signature': undefined } }],
    ['an empty signature', { headers: { 'webhook-signature': '' } }],
    ['another id', { headers: { 'webhook-id': 'evt-other' } }],
    ['another timestamp', { headers: { 'webhook-timestamp': String(Number(SECONDS) + 1) } }],
    ['a cut signature', { headers: { 'webhook-signature': good('evt').slice(0, -8) } }],
    ['a long signature', { headers: { 'webhook-signature': `${good('evt')}AAAA` } }],
    ['no scheme', { headers: { 'webhook-signature': good('evt').slice(3) } }],
    ['another scheme', { headers: { 'webhook-signature': good('evt').replace('v1,', 'v2,') } }],
    [
      'an old delivery',
      {
        headers: {
          'webhook-timestamp': stale,
          'webhook-signature': sign('evt', stale, bytes, WEBHOOK_SECRETS[0] ?? ''),
        },
      },
    ],
    [
      'a delivery from the future',
      {
        headers: {
          'webhook-timestamp': early,
          'webhook-signature': sign('evt', early, bytes, WEBHOOK_SECRETS[0] ?? ''),
        },
      },
    ],
    [
      'a changed body',
      { body: { ...EVENT, accountId: 'ACC-2' }, headers: { 'webhook-signature': good('evt') } },
    ],
    [
      'bytes that decode to the same text',
      {
        body: Buffer.concat([bytes, Buffer.from([0xff])]),
        headers: {
          'webhook-signature': sign(
            'evt',
            SECONDS,
            Buffer.from(`${bytes.toString()}\uFFFD`),
            WEBHOOK_SECRETS[0] ?? '',
          ),
        },
      },
    ],
    ['no body', { body: '', headers: { 'webhook-signature': good('evt') } }],
  ];

  it.each(cases)('refuses %s and stores nothing', async (_name, change) => {
    const before = await storedIds();
    const answer = await deliver({ id: 'evt', body: EVENT, ...change });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'webhook.bad_signature' });
    expect(await storedIds()).toEqual(before);
  });
});

describe('the webhook endpoint, on a bad body,', () => {
  const text = JSON.stringify(EVENT);
  const bodies: readonly (readonly [string, string | Buffer | object])[] = [
    ['no JSON', 'x'],
    ['half an object', text.slice(0, -1)],
    ['two objects', `${text}{}`],
    ['a key twice', text.replace('"id":"T1"', '"id":"T1","id":"T2"')],
    ['another account of the bank', { ...EVENT, accountId: 'ACC-2' }],
    ['no account', { type: 'transaction.booked', transaction: TRANSACTION }],
    ['an amount that is no amount', { ...EVENT, transaction: { ...TRANSACTION, amount: '1e5' } }],
    ['an amount in a list', { ...EVENT, transaction: { ...TRANSACTION, amount: ['250.00'] } }],
    ['a day that is no day', { ...EVENT, transaction: { ...TRANSACTION, date: '2026-02-31' } }],
    ['a day to come', { ...EVENT, transaction: { ...TRANSACTION, date: '2026-12-31' } }],
    [
      'a pending row that says booked',
      { ...EVENT, transaction: { ...TRANSACTION, status: 'pending' } },
    ],
    ['invalid UTF-8', Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0x7d])])],
  ];

  it.each(bodies)('refuses %s as a body, and stores nothing', async (_name, body) => {
    const before = await storedIds();
    const answer = await deliver({ id: 'evt-bad', body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'webhook.unreadable' });
    expect(await storedIds()).toEqual(before);
  });

  it('refuses more than 256 KB, and any type that is not JSON', async () => {
    const large = await deliver({ id: 'evt-large', body: 'x'.repeat(256 * 1_024 + 1) });
    expect(large.json()).toMatchObject({ code: 'request.body_too_large', status: 413 });
    const type = { 'content-type': 'text/plain' };
    const plain = await deliver({ id: 'evt-plain', body: EVENT, headers: type });
    expect(plain.json()).toMatchObject({ code: 'request.unsupported_media_type', status: 415 });
  });
});

describe('the webhook endpoint, on a known id,', () => {
  it('refuses the id with another body and keeps the first', async () => {
    expect((await deliver({ id: 'evt-same', body: EVENT })).statusCode).toBe(202);
    const other = { ...EVENT, transaction: { ...TRANSACTION, amount: '251.00' } };
    const answer = await deliver({ id: 'evt-same', body: other });
    expect(answer.json()).toMatchObject({ code: 'webhook.key_reused', status: 409 });
    const [row] = await service.database.owner<{ body: Buffer }[]>`
      select body from bank_events where event_id = 'evt-same'`;
    expect(row?.body.toString()).toBe(JSON.stringify(EVENT));
  });
});

it('logs nothing of a webhook’s content', () => {
  expect(service.logged()).not.toContain('CUS12345678');
  expect(service.logged()).not.toContain('PAYSHAP');
  expect(service.logged()).not.toContain('whsec_');
});
