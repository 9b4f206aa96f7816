import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bearer,
  countPostings,
  createdWallet,
  creditedDeposit,
  depositInReview,
  get,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
let review: string;
let wallet: { readonly id: string; readonly code: string };
beforeAll(async () => {
  service = await startApi();
  wallet = await createdWallet(service);
  await creditedDeposit(service, wallet.id, 5_000n);
  review = await depositInReview(service, 30_000n);
});
afterAll(() => service.close());

/** Everything that a request could have changed. */
async function footprint(): Promise<unknown> {
  const [row] = await service.database.owner`
    select (select count(*)::int from wallets) as wallets, (select count(*)::int from decisions) as decisions,
           (select count(*)::int from idempotency_keys) as keys,
           (select count(*)::int from notifications where read_at is not null) as reads`;
  return { ...row, postings: await countPostings(service) };
}

const LONG = 'x'.repeat(10_240);
/** Values that no text field may take. */
const NOT_TEXT = ['1', '1e5', 'true', 'null', '[7]', '{}', '""', JSON.stringify(LONG)];
const ODD_TEXT = ['"a\\u0000b"', '"a\\nb"', '"\\ud800"', '" a"', '"a "', '"\\u001b[31m"'];
/** Fields that a row has and a caller must not set. */
const COLUMNS = [
  'balance',
  'credits',
  'state',
  'status',
  'id',
  'codeKind',
  'decidedBy',
  'approved_by',
];

const wholeBodies: readonly string[] = [
  '',
  'x',
  '[]',
  'null',
  '"text"',
  '7',
  '{"name":"a"',
  '{"name":"a"}{}',
  '{"name":"a","name":"a"}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  `{"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  ...COLUMNS.map((column) => `{"${column}":"1"}`),
];

function decisionBodies(): readonly string[] {
  const credit = { kind: 'credit', walletId: wallet.id, reason: 'asked the payer' };
  return [
    ...wholeBodies,
    ...[...NOT_TEXT, ...ODD_TEXT].map((value) => `{"kind":"return","reason":${value}}`),
    ...NOT_TEXT.map((value) => `{"kind":"credit","reason":"r","walletId":${value}}`),
    ...NOT_TEXT.map((value) => `{"kind":"credit","reason":"r","code":${value}}`),
    ...NOT_TEXT.map((value) => `{"kind":${value},"reason":"r"}`),
    ...[
      { ...credit, code: wallet.code },
      { kind: 'credit', reason: 'r' },
      { ...credit, amount: '100' },
      { ...credit, amountMinor: 100 },
      { ...credit, decisionId: 'dec_1' },
      { ...credit, kind: 'return' },
      { ...credit, kind: 'dismiss' },
      { ...credit, walletId: 'wal_1' },
      { ...credit, walletId: undefined, code: 'cus00000018' },
      { ...credit, walletId: undefined, code: 'CUS٠٠٠٠٠٠١٨' },
    ].map((body) => JSON.stringify(body)),
  ];
}

describe('the API, on bad input,', () => {
  it('refuses every undocumented form of a wallet and creates none', async () => {
    const bodies = [
      ...wholeBodies,
      ...['name', 'externalRef'].flatMap((field) =>
        [...NOT_TEXT, ...ODD_TEXT].map((value) => `{"${field}":${value}}`),
      ),
      ...['CUS1', 'cus12345678', 'CUS123456789', 'CUS１２３４５６７８', ' CUS12345678'].map(
        (code) => JSON.stringify({ legacyCode: code }),
      ),
      ...NOT_TEXT.map((value) => `{"legacyCode":${value}}`),
    ];
    await expectAllRefused('/v1/wallets', bodies, service.serviceKey);
  });

  it('refuses every undocumented form of a decision and stores none', async () => {
    await expectAllRefused(`/v1/reviews/${review}/decisions`, decisionBodies(), service.personKey);
  });

  it('refuses a body where it expects none', async () => {
    const bodies = wholeBodies.filter((body) => body !== 'null');
    await expectAllRefused(
      `/v1/wallets/${wallet.id}/notifications/1/read`,
      bodies,
      service.serviceKey,
    );
    await expectAllRefused('/v1/bank-accounts/fnb-main/reconcile', bodies, service.serviceKey);
  });

  it('refuses undocumented ids, cursors and parameters', async () => {
    const paths = [
      '/v1/wallets/1',
      '/v1/wallets/wal_%00',
      `/v1/wallets/${wallet.id.toUpperCase()}`,
      `/v1/wallets/${wallet.id}'--`,
      `/v1/wallets/${LONG.slice(0, 190)}`,
      `/v1/wallets/${wallet.id}?verbose=1`,
      '/v1/wallets',
      '/v1/wallets?code=1',
      `/v1/wallets?code=${wallet.code}&code=${wallet.code}`,
      ...['0', '201', '-1', '1.5', '1e2', '0x10', ' 1', 'all', '', '٣', '9999'].map(
        (limit) => `/v1/deposits?limit=${encodeURIComponent(limit)}`,
      ),
      ...[
        '',
        '!',
        'AAAA',
        'bm9wZQ',
        LONG.slice(0, 300),
        Buffer.from("n1'").toString('base64url'),
      ].flatMap((cursor) => [
        `/v1/deposits?cursor=${cursor}`,
        `/v1/wallets/${wallet.id}/transactions?cursor=${cursor}`,
      ]),
      `/v1/runs?cursor=${Buffer.from(`now()|dep_${'0'.repeat(32)}`).toString('base64url')}`,
      '/v1/deposits?state=CREDITED',
      '/v1/deposits?state=captured&state=credited',
      "/v1/deposits?account=x'--",
      '/v1/deposits/dep_1',
      '/v1/status?as=json',
    ];
    for (const path of paths) {
      const answer = await get(service, path);
      expect([path, answer.statusCode]).toEqual([path, 400]);
      expect(answer.json()).toMatchObject({ code: 'request.invalid' });
    }
  });

  it('refuses a write without an Idempotency-Key, or with one that it cannot store', async () => {
    for (const key of [undefined, '', ' ', 'a b', 'ä', 'x'.repeat(201)]) {
      for (const url of ['/v1/wallets', `/v1/reviews/${review}/decisions`]) {
        const answer = await service.app.inject({
          method: 'POST',
          url,
          headers: {
            ...bearer(service.personKey),
            ...(key === undefined ? {} : { 'idempotency-key': key }),
          },
          payload: url === '/v1/wallets' ? {} : { kind: 'return', reason: 'r' },
        });
        expect([key, answer.statusCode]).toEqual([key, 400]);
        expect(answer.json()).toMatchObject({ code: 'request.idempotency_key_missing' });
      }
    }
  });

  it('names the places of the faults and never the values', async () => {
    const answer = await post(service, '/v1/wallets', { name: 7, secretField: 'canary-4711' });
    const { code, faults } = answer.json<{ code: string; faults: { at: string }[] }>();
    expect(code).toBe('request.invalid');
    expect(faults.map((fault) => fault.at)).toContain('body/name');
    expect(answer.body).not.toContain('canary-4711');
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

describe('the API, on requests that it cannot serve,', () => {
  it('answers 404 for an address that does not exist, also in another method or letter case', async () => {
    const asked = [
      { method: 'GET', url: '/v1/nothing' },
      { method: 'DELETE', url: `/v1/wallets/${wallet.id}` },
      { method: 'HEAD', url: '/v1/status' },
      { method: 'GET', url: '/V1/status' },
      { method: 'GET', url: '/v1/status/' },
    ] as const;
    for (const each of asked) {
      const answer = await service.app.inject({ ...each, headers: bearer(service.serviceKey) });
      expect([each.url, answer.statusCode]).toEqual([each.url, 404]);
    }
  });

  it('refuses a body that is too large, and one that is not JSON', async () => {
    const large = await post(service, '/v1/wallets', JSON.stringify({ name: 'x'.repeat(70_000) }));
    expect(large.json()).toMatchObject({ code: 'request.body_too_large', status: 413 });
    for (const type of [
      'text/plain',
      'application/xml',
      'application/jsonx',
      'multipart/form-data',
    ]) {
      const answer = await service.app.inject({
        method: 'POST',
        url: '/v1/wallets',
        headers: { ...bearer(service.serviceKey), 'idempotency-key': 'k', 'content-type': type },
        payload: '{}',
      });
      expect(answer.json()).toMatchObject({ code: 'request.unsupported_media_type', status: 415 });
    }
  });
});

async function expectAllRefused(
  url: string,
  bodies: readonly string[],
  key: string,
): Promise<void> {
  const before = await footprint();
  for (const body of bodies) {
    const answer = await post(service, url, body, { key });
    expect([body.slice(0, 100), answer.statusCode]).toEqual([body.slice(0, 100), 400]);
    expect(answer.json()).toMatchObject({ code: 'request.invalid' });
  }
  expect(await footprint()).toEqual(before);
}
