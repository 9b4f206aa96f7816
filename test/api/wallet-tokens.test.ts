import { generateKeyPairSync } from 'node:crypto';
import { exportSPKI, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createCallers } from '../../api/auth/callers.ts';
import { createWalletTokens } from '../../api/auth/wallet-tokens.ts';
import { markApiKeyRevoked } from '../../db/queries/api-keys.ts';
import { publishNotifications } from '../../db/queries/publication.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  createdWallet,
  creditedDeposit,
  get,
  idOf,
  keyOf,
  PEPPER,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

const MAKER = { pepper: PEPPER, deployment: 'trial' } as const;

let now = Date.now();
const clock = () => new Date(now);
let service: ApiUnderTest;
let url: string;
beforeAll(async () => {
  service = await startApi({ clock, allowedOrigins: ['https://shop.example'] });
  url = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.close());

/** A wallet with a token, and the key that minted it. */
async function aToken(lifeSeconds?: number) {
  const key = await keyOf(service.database, 'service', ['wallet:mint_token'], { name: 'minter' });
  const { id } = await createdWallet(service);
  const body = lifeSeconds === undefined ? {} : { lifeSeconds };
  const minted = await post(service, `/v1/wallets/${id}/tokens`, body, { key });
  expect(minted.statusCode).toBe(201);
  const { token, expiresAt } = minted.json<{ token: string; expiresAt: string }>();
  return { id, key, token, expiresAt };
}

async function credited(walletId: string): Promise<string> {
  const depositId = await creditedDeposit(service, walletId, 5_000n);
  await publishNotifications(service.database.db, [depositId]);
  return depositId;
}

const statusOf = async (walletId: string, token: string) =>
  (await get(service, `/v1/wallets/${walletId}`, token)).statusCode;

describe('a wallet token', () => {
  it('reads balance, transactions and notifications of its wallet, and of no other', async () => {
    const { id, token, expiresAt } = await aToken();
    expect(Date.parse(expiresAt) - now).toBeGreaterThan(898_000);
    const other = await createdWallet(service);
    for (const part of ['', '/transactions', '/notifications']) {
      expect((await get(service, `/v1/wallets/${id}${part}`, token)).statusCode).toBe(200);
      const beyond = await get(service, `/v1/wallets/${other.id}${part}`, token);
      expect(beyond.json()).toMatchObject({ status: 404, code: 'wallet.not_found' });
    }
    const spend = await post(service, `/v1/wallets/${id}/spends`, { credits: '1' }, { key: token });
    expect(spend.json()).toMatchObject({ code: 'auth.forbidden' });
    const more = await post(service, `/v1/wallets/${id}/tokens`, {}, { key: token });
    expect(more.json()).toMatchObject({ code: 'auth.forbidden' });
    expect(service.logged()).not.toContain(token);
  });

  it('ends with its life, which is an hour at most', async () => {
    const { id, token } = await aToken(60);
    now += 59_000;
    expect(await statusOf(id, token)).toBe(200);
    now += 2_000;
    expect(await statusOf(id, token)).toBe(401);
    const key = service.serviceKey;
    const long = await post(service, `/v1/wallets/${id}/tokens`, { lifeSeconds: 3_601 }, { key });
    expect(long.statusCode).toBe(400);
    const expiresAt = new Date(now + 3_700_000);
    const signed = await createWalletTokens({ ...MAKER, clock }).mint({
      ...{ walletId: id, keyId: idOf(key), expiresAt },
    });
    expect(await statusOf(id, signed)).toBe(401);
  });

  it('ends with the key that minted it, and with its wallet', async () => {
    const { id, key, token } = await aToken();
    await markApiKeyRevoked(service.database.db, idOf(key));
    now += 2_000;
    expect(await statusOf(id, token)).toBe(401);

    const next = await aToken();
    const close = { status: 'closed', reason: 'the customer left' };
    await post(service, `/v1/wallets/${next.id}/status`, close, { key: service.personKey });
    expect(await statusOf(next.id, next.token)).toBe(401);
    const again = await post(service, `/v1/wallets/${next.id}/tokens`, {});
    expect(again.json()).toMatchObject({ code: 'wallet.not_open' });
  });

  it('works in every process of its deployment, and in no other', async () => {
    const { id, token } = await aToken();
    const { db } = service.database;
    const elsewhere = (maker: Partial<Parameters<typeof createCallers>[0]>) =>
      createCallers({ ...MAKER, db, clock, ...maker }).identify(token);
    expect((await elsewhere({}))?.token?.walletId).toBe(id);
    expect(await elsewhere({ pepper: 'the pepper of another deployment' })).toBeNull();
    expect(await elsewhere({ deployment: 'production' })).toBeNull();
  });

  it('outlives the change of the signing key by a month, and no more', async () => {
    const { token } = await aToken(3_600);
    const days = (count: number) => ({ ...MAKER, clock: () => new Date(now + count * 86_400_000) });
    const kidOf = (text: string) =>
      (JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
        .kid;
    const walletId = `wal_${'0'.repeat(32)}`;
    const later = createWalletTokens(days(30));
    const expiresAt = new Date(now + 30 * 86_400_000 + 60_000);
    const next = await later.mint({ walletId, keyId: idOf(service.serviceKey), expiresAt });
    expect(kidOf(next)).not.toBe(kidOf(token));
    expect(await createWalletTokens({ ...MAKER, clock }).read(next)).not.toBeNull();
    expect(await createWalletTokens(days(-31)).read(next)).toBeNull();
  });

  it('admits no forgery', async () => {
    const { id, key, token } = await aToken();
    const [header = '', payload = '', signature = ''] = token.split('.');
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const read = (text: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
    const head = read(header);
    const other = await createdWallet(service);
    const pair = generateKeyPairSync('ed25519');
    const publicPem = new TextEncoder().encode(await exportSPKI(pair.publicKey));
    const sign = (of: object, secret: Parameters<SignJWT['sign']>[0], claims = read(payload)) =>
      new SignJWT(claims).setProtectedHeader({ ...head, alg: 'EdDSA', ...of }).sign(secret);
    const forgeries = [
      `${part({ ...head, alg: 'none' })}.${payload}.`,
      `${part({ ...head, alg: 'None' })}.${payload}.${signature}`,
      `${part({ ...head, kid: 'other' })}.${payload}.${signature}`,
      `${header}.${part({ ...read(payload), sub: other.id })}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}`,
      await sign({}, pair.privateKey),
      await sign({ kid: 'mine' }, pair.privateKey),
      await sign({ jwk: pair.publicKey.export({ format: 'jwk' }) }, pair.privateKey),
      await sign({ alg: 'HS256' }, publicPem),
      await sign({ alg: 'HS256' }, new TextEncoder().encode(PEPPER)),
    ];
    expect(await statusOf(id, token)).toBe(200);
    for (const forged of forgeries) {
      expect([forged, await statusOf(id, forged), await statusOf(other.id, forged)]).toEqual([
        ...[forged, 401, 401],
      ]);
    }
    expect(await statusOf(id, key)).toBe(403);
  });
});

/** As a browser opens it: no header but the protocols. */
function browserSocket(walletId: string, protocols: string[]): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/v1/wallets/${walletId}/events`, protocols);
}

describe('a WebSocket of a browser', () => {
  it('sends its token as a protocol, is told what happens, and never gets the token back', async () => {
    const { id, token } = await aToken();
    const socket = browserSocket(id, ['purser.events', `purser.token.${token}`]);
    const told: string[] = [];
    socket.on('message', (bytes: Buffer) => told.push(bytes.toString('utf8')));
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    expect(socket.protocol).toBe('purser.events');
    const depositId = await credited(id);
    await waitFor('it is told', () => told.some((text) => text.includes(depositId)));
    socket.close();
    expect(service.logged()).not.toContain(token);
  });

  it('gets no connection with a key, a wrong token or another wallet', async () => {
    const { id, key, token } = await aToken();
    const other = await createdWallet(service);
    const refusal = (walletId: string, credential: string) =>
      new Promise<string>((resolve) => {
        browserSocket(walletId, ['purser.events', `purser.token.${credential}`])
          .on('error', (error) => resolve(error.message))
          .on('open', () => resolve('open'));
      });
    expect(await refusal(other.id, token)).toContain('404');
    expect(await refusal(id, `${token}x`)).toContain('401');
    expect(await refusal(id, key)).not.toBe('open');
  });

  it.each([
    ['when the key that minted its token is revoked', 'key'],
    ['when its wallet is closed', 'wallet'],
    ['when its token has ended', 'time'],
  ])('closes within five seconds %s', async (_what, cause) => {
    const { id, key, token } = await aToken(60);
    const socket = browserSocket(id, ['purser.events', `purser.token.${token}`]);
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const since = Date.now();
    if (cause === 'key') await markApiKeyRevoked(service.database.db, idOf(key));
    if (cause === 'wallet')
      await service.database.owner`update wallets set status = 'closed' where id = ${id}`;
    now += cause === 'time' ? 61_000 : 2_000;
    expect(await closed).toBe(1008);
    expect(Date.now() - since).toBeLessThan(5_000);
  });
});

describe('a stream of server-sent events', () => {
  const events = (walletId: string, token: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/v1/wallets/${walletId}/notifications/stream`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
    });

  /** What came so far, as text; the reading goes on by itself. */
  function reading(answer: Response): { text: string; ended: boolean } {
    const seen = { text: '', ended: false };
    const read = async () => {
      for await (const chunk of answer.body ?? []) {
        seen.text += Buffer.from(chunk as Uint8Array).toString('utf8');
      }
      seen.ended = true;
    };
    void read().catch(() => undefined);
    return seen;
  }

  it('tells what waited and what happens, goes on from an id, and ends with its key', async () => {
    const { id, key, token } = await aToken();
    const waited = await credited(id);
    const first = await events(id, token, { origin: 'https://shop.example' });
    expect(first.headers.get('content-type')).toContain('text/event-stream');
    expect(first.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    const seen = reading(first);
    await waitFor('what waited', () => seen.text.includes(waited));
    const lastId = /^id: (\d+)$/m.exec(seen.text)?.[1] ?? '';
    const fresh = await credited(id);
    await waitFor('what happened', () => seen.text.includes(fresh));
    const resumed = reading(await events(id, token, { 'last-event-id': lastId }));
    await waitFor('what came after', () => resumed.text.includes(fresh));
    expect(resumed.text).not.toContain(waited);
    await markApiKeyRevoked(service.database.db, idOf(key));
    now += 2_000;
    await waitFor('both end', () => seen.ended && resumed.ended);
    expect(seen.text).toContain('event: closed\ndata: {"reason":"ended"}');
  });

  it('refuses another wallet, and whoever sends no token', async () => {
    const { token } = await aToken();
    const other = await createdWallet(service);
    expect((await events(other.id, token)).status).toBe(404);
    expect((await events(other.id, 'nonsense')).status).toBe(401);
  });
});

describe('an app on another origin', () => {
  const preflight = (origin: string, method: string) =>
    service.app.inject({
      method: 'OPTIONS',
      url: '/v1/wallets/wal_1',
      headers: { origin, 'access-control-request-method': method },
    });

  it('reads where its origin is allowed, and nowhere else', async () => {
    const allowed = await preflight('https://shop.example', 'GET');
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization, last-event-id',
      vary: 'Origin',
    });
    const strange = await preflight('https://evil.example', 'GET');
    expect(strange.statusCode).toBe(404);
    expect(strange.headers['access-control-allow-origin']).toBeUndefined();
  });
});
