import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  startApi,
  WEBHOOK_SECRETS,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

const NOW = new Date('2026-11-20T10:00:00Z');
const SECONDS = String(NOW.getTime() / 1_000);
const HEX_SECRETS = ['the hex secret of this bank', 'the coming hex secret'];
const EVENT = {
  type: 'transaction.booked',
  accountId: 'ACC-1',
  transaction: {
    id: 'T1',
    date: '2026-11-20',
    amount: '250.00',
    currency: 'ZAR',
    type: 'credit',
    status: 'booked',
    reference: 'CUS12345678',
  },
};
const POINTER = JSON.stringify({ type: 'account.changed', accountId: 'ACC-1' });

let service: ApiUnderTest;
let secrets: readonly string[] = [];
beforeAll(async () => {
  service = await startApi({
    clock: () => NOW,
    webhookSecretsOf: (key) => (key === ACCOUNT ? secrets : []),
  });
});
afterAll(() => service.close());

interface AccountSettings {
  readonly signature?: 'standard' | 'hex';
  readonly header?: string;
  readonly timestampHeader?: string | null;
  readonly trust?: 'credit' | 'hint';
}

async function useAccount(settings: AccountSettings): Promise<void> {
  const { signature = 'standard', header = 'x-signature', timestampHeader = null } = settings;
  secrets = signature === 'hex' ? HEX_SECRETS : WEBHOOK_SECRETS;
  await service.database.owner`
    update bank_accounts set webhook_signature = ${signature}, webhook_signature_header = ${header},
           webhook_timestamp_header = ${timestampHeader}, webhook_trust = ${settings.trust ?? 'credit'}
     where key = ${ACCOUNT}`;
}

function post(headers: Record<string, string>, body: string | Buffer, account = ACCOUNT) {
  return service.app.inject({
    method: 'POST',
    url: `/webhooks/bank/${account}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: body,
  });
}

const hex = (text: string | Buffer, secret = HEX_SECRETS[0] ?? '') =>
  createHmac('sha256', secret).update(text).digest('hex');

function standard(id: string, body: string | Buffer, prefix = 'webhook') {
  const key = Buffer.from((WEBHOOK_SECRETS[0] ?? '').slice('whsec_'.length), 'base64');
  const signed = Buffer.concat([Buffer.from(`${id}.${SECONDS}.`), Buffer.from(body)]);
  return {
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: SECONDS,
    [`${prefix}-signature`]: `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  };
}

async function storedBodies(): Promise<readonly string[]> {
  const rows = await service.database.owner<{ body: Buffer }[]>`
    select body from bank_events order by id`;
  return rows.map(({ body }) => body.toString());
}

describe('an account whose bank signs in hex', () => {
  const unique = (name: string) => JSON.stringify({ ...EVENT, type: `note.${name}` });
  beforeEach(() => useAccount({ signature: 'hex', header: 'x-bank-signature' }));

  it.each<[string, (body: string) => string]>([
    ['bare', (body) => hex(body)],
    ['prefixed', (body) => `sha256=${hex(body)}`],
    ['in-capitals', (body) => hex(body).toUpperCase()],
    ['of-the-next-secret', (body) => hex(body, HEX_SECRETS[1])],
  ])('accepts a signature that is %s', async (name, sign) => {
    const body = unique(name);
    const answer = await post({ 'x-bank-signature': sign(body) }, body);
    expect([answer.statusCode, answer.json()]).toEqual([202, { outcome: 'stored' }]);
    expect(await storedBodies()).toContain(body);
  });

  it('stores a delivery that comes again once', async () => {
    const body = unique('again');
    const headers = { 'x-bank-signature': hex(body) };
    await post(headers, body);
    expect((await post(headers, body)).json()).toEqual({ outcome: 'repeated' });
    expect((await storedBodies()).filter((each) => each === body)).toHaveLength(1);
  });

  it.each<[string, Record<string, string>]>([
    ['missing', {}],
    ['too short', { 'x-bank-signature': hex(POINTER).slice(2) }],
    ['too long', { 'x-bank-signature': `${hex(POINTER)}00` }],
    ['of another secret', { 'x-bank-signature': hex(POINTER, 'else') }],
    ['of another body', { 'x-bank-signature': hex(`${POINTER} `) }],
    ['under another name', { 'x-signature': hex(POINTER) }],
    ['empty', { 'x-bank-signature': '' }],
    ['of Standard Webhooks', standard('evt', POINTER)],
  ])('answers 401 to a signature that is %s and stores nothing', async (_name, headers) => {
    const before = await storedBodies();
    expect((await post(headers, POINTER)).json()).toMatchObject({ code: 'webhook.bad_signature' });
    expect(await storedBodies()).toEqual(before);
  });

  it('requires a signed time within five minutes where the account names its header', async () => {
    await useAccount({
      signature: 'hex',
      header: 'x-bank-signature',
      timestampHeader: 'x-bank-time',
    });
    const at = (seconds: number, signed = seconds) => ({
      'x-bank-time': String(seconds),
      'x-bank-signature': hex(`${signed}.${POINTER}`),
    });
    const now = Number(SECONDS);
    const outcomes = [];
    for (const headers of [
      at(now - 300),
      at(now - 301),
      at(now + 301),
      at(now, now - 1),
      { 'x-bank-signature': hex(POINTER) },
    ]) {
      outcomes.push((await post(headers, POINTER)).statusCode);
    }
    expect(outcomes).toEqual([202, 401, 401, 401, 401]);
  });
});

describe('an account whose events are hints', () => {
  beforeEach(() => useAccount({ trust: 'hint' }));
  it.each([
    ['a whole row', JSON.stringify(EVENT)],
    ['a shape of its own', '{"data":{"client":{"paymentInitiations":{"node":{"id":"x"}}}}}'],
    ['another account', JSON.stringify({ ...EVENT, accountId: 'ACC-2' })],
  ])('accepts %s, since the event only triggers a read', async (name, body) => {
    const answer = await post(standard(`hint-${name.replaceAll(' ', '-')}`, body), body);
    expect(answer.statusCode).toBe(202);
  });

  it.each([
    ['a list', '[1]'],
    ['no JSON', 'paid'],
    ['one key twice', '{"a":1,"a":2}'],
  ])('refuses %s, since its meaning could not be recovered later', async (_name, body) => {
    const answer = await post(standard('hint-bad', body), body);
    expect(answer.json()).toMatchObject({ code: 'webhook.unreadable', status: 400 });
  });
});

describe('the webhook endpoint', () => {
  beforeEach(() => useAccount({}));

  it('accepts the header names of Svix', async () => {
    const answer = await post(standard('evt-svix', POINTER, 'svix'), POINTER);
    expect(answer.json()).toEqual({ outcome: 'stored' });
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;x=y'])(
    'accepts the content type %s',
    async (type) => {
      const id = `evt-${type.length}`;
      const answer = await post({ ...standard(id, POINTER), 'content-type': type }, POINTER);
      expect(answer.statusCode).toBe(202);
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'application/jsonp',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    ' ',
  ])('refuses the content type %j, whatever the signature', async (type) => {
    const headers = { ...standard('evt-type', POINTER), 'content-type': type };
    const answer = await post(headers, POINTER);
    expect([401, 415]).toContain(answer.statusCode);
    expect(await storedBodies()).not.toContain('evt-type');
  });

  it('reads a delivery as it came and unpacks no compressed bytes', async () => {
    const packed = gzipSync(POINTER);
    const headers = { ...standard('evt-gzip', packed), 'content-encoding': 'gzip' };
    expect((await post(headers, packed)).json()).toMatchObject({ code: 'webhook.unreadable' });
  });

  it('accepts a delivery of 256 KB and refuses one byte more', async () => {
    const empty = JSON.stringify({ type: 'note', accountId: 'ACC-1', pad: '' });
    const of = (bytes: number) => empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
    const full = of(256 * 1_024);
    expect((await post(standard('evt-full', full), full)).statusCode).toBe(202);
    const over = of(256 * 1_024 + 1);
    expect((await post(standard('evt-over', over), over)).statusCode).toBe(413);
  });

  it('answers an unknown account like a wrong signature', async () => {
    const known = await post({ ...standard('evt', POINTER), 'webhook-id': 'other' }, POINTER);
    const unknown = await post(standard('evt', POINTER), POINTER, 'nobody');
    expect(unknown.statusCode).toBe(401);
    const said = (answer: typeof known) => ({
      ...answer.json<Record<string, unknown>>(),
      requestId: null,
      instance: null,
    });
    expect(said(unknown)).toEqual(said(known));
    expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(known.headers).sort());
  });

  it('keeps a delivery permanently: the login of our services cannot delete it', async () => {
    await post(standard('evt-kept', POINTER), POINTER);
    await expect(service.handle.listener`delete from bank_events`).rejects.toThrow(
      'permission denied',
    );
    const again = await post(standard('evt-kept', POINTER), POINTER);
    expect(again.json()).toEqual({ outcome: 'repeated' });
  });
});
