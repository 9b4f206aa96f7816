import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../api/build-app.ts';
import { needs } from '../../api/deps.ts';
import { renameAccount } from '../../app/account/rename-account.ts';
import type { Scope } from '../../api/auth/scopes.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { aLine, capture, seedBankAccount } from '../support/ledger.ts';
import {
  ACCOUNT,
  bearer,
  capturedDeposit,
  createdWallet,
  creditedDeposit,
  depositInReview,
  get,
  keyOf,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

const OTHER = 'other-bank';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
  await seedBankAccount(service.database.db, OTHER);
});
afterAll(() => service.close());

const boundTo = (accounts: readonly string[], scopes: readonly Scope[]) =>
  keyOf(service.database, 'service', scopes, { name: 'bound', boundAccounts: accounts });
const itemsOf = (answer: Awaited<ReturnType<typeof get>>) =>
  answer.json<{ items: { account?: string }[] }>().items;

describe('a key that is bound to bank accounts', () => {
  it('reads the deposits, runs, statements and reviews of those alone', async () => {
    const scopes = ['deposit:read', 'run:read', 'statement:read', 'review:read'] as const;
    const [ours, theirs] = [await boundTo([ACCOUNT], scopes), await boundTo([OTHER], scopes)];
    const depositId = await capturedDeposit(service, 7_500n);
    await depositInReview(service, 5_000n);
    expect((await get(service, `/v1/deposits/${depositId}`, ours)).statusCode).toBe(200);
    const beyond = await get(service, `/v1/deposits/${depositId}`, theirs);
    const unknown = await get(service, `/v1/deposits/dep_${'0'.repeat(32)}`, theirs);
    expect(beyond.statusCode).toBe(404);
    expect(beyond.json<{ detail: string }>().detail).toBe(
      unknown.json<{ detail: string }>().detail,
    );
    for (const list of ['/v1/deposits', '/v1/reviews']) {
      expect(itemsOf(await get(service, list, ours)).length).toBeGreaterThan(0);
      expect(itemsOf(await get(service, list, theirs))).toEqual([]);
      expect(itemsOf(await get(service, `${list}?account=${ACCOUNT}`, theirs))).toEqual([]);
    }
    await capture(service.database.db, OTHER, [aLine('elsewhere', 100n)]);
    expect(itemsOf(await get(service, '/v1/deposits', theirs))).toHaveLength(1);
    for (const list of ['/v1/runs', '/v1/statements']) {
      const answer = await get(service, `${list}?account=${ACCOUNT}`, theirs);
      expect(itemsOf(answer)).toEqual([]);
    }
  });

  it('starts no read of another account, reads no wallet, and opens none', async () => {
    const scopes = ['run:start', 'wallet:read', 'wallet:create', 'status:read'] as const;
    const key = await boundTo([OTHER], scopes);
    const { id } = await createdWallet(service);
    const reconcile = await post(service, `/v1/bank-accounts/${ACCOUNT}/reconcile`, undefined, {
      key,
    });
    expect(reconcile.json()).toMatchObject({ code: 'account.not_found' });
    expect((await get(service, `/v1/wallets/${id}`, key)).statusCode).toBe(404);
    expect((await post(service, '/v1/wallets', {}, { key })).statusCode).toBe(403);
    expect((await get(service, '/v1/status', key)).statusCode).toBe(403);
  });

  it('stays bound to its account when that gets another key', async () => {
    await seedBankAccount(service.database.db, 'before');
    const key = await boundTo(['before'], ['status:read']);
    await renameAccount(service.database.db, {
      ...{ from: 'before', to: 'after' },
      ...{ by: SYSTEM_ACTOR, why: 'the bank merged' },
    });
    expect((await get(service, '/v1/bank-accounts/after/proofs', key)).statusCode).toBe(200);
    expect((await get(service, '/v1/bank-accounts/before/proofs', key)).statusCode).toBe(200);
    expect((await get(service, `/v1/bank-accounts/${OTHER}/proofs`, key)).statusCode).toBe(404);
  });
});

describe('a key that is bound to its own wallets', () => {
  const SCOPES = ['wallet:create', 'wallet:read', 'wallet:spend', 'wallet:mint_token'] as const;
  const ownKey = (caller: string, scopes: readonly Scope[] = SCOPES) =>
    keyOf(service.database, 'service', scopes, { caller, ownWallets: true });

  it('reads, spends and mints for the wallets of its caller alone', async () => {
    const [mine, theirs] = [await ownKey('shop-a'), await ownKey('shop-b')];
    const made = await post(service, '/v1/wallets', {}, { key: mine });
    const { id, code } = made.json<{ id: string; code: string }>();
    await creditedDeposit(service, id, 50_000n);
    const next = await ownKey('shop-a');
    for (const key of [mine, next]) {
      expect((await get(service, `/v1/wallets/${id}`, key)).statusCode).toBe(200);
      expect((await get(service, `/v1/wallets?code=${code}`, key)).statusCode).toBe(200);
    }
    for (const at of [
      `/v1/wallets/${id}`,
      `/v1/wallets?code=${code}`,
      `/v1/wallets/${id}/events`,
    ]) {
      expect((await get(service, at, theirs)).json()).toMatchObject({ code: 'wallet.not_found' });
    }
    for (const [at, payload] of [
      ['spends', { credits: '1' }],
      ['tokens', {}],
    ] as const) {
      const url = `/v1/wallets/${id}/${at}`;
      expect((await post(service, url, payload, { key: theirs })).statusCode).toBe(404);
      expect((await post(service, url, payload, { key: mine })).statusCode).toBe(201);
    }
  });

  it('claims payments for the wallets of its caller alone', async () => {
    const scopes = ['wallet:create', 'claim:write', 'claim:read'] as const;
    const [mine, theirs] = [await ownKey('shop-c', scopes), await ownKey('shop-d', scopes)];
    const { id } = (await post(service, '/v1/wallets', {}, { key: mine })).json<{ id: string }>();
    const claim = { walletId: id, amountMinor: '5000', paidOn: '2026-11-20', proofRef: 'slip' };
    const refused = await post(service, '/v1/claims', claim, { key: theirs });
    expect(refused.json()).toMatchObject({ code: 'wallet.not_found' });
  });
});

describe('a list that does not ask what a bound key reaches', () => {
  it('answers nothing', async () => {
    const app = buildApp(service.deps);
    app.register(async (scope) => {
      await Promise.resolve();
      scope.get('/v1/careless', { config: needs('run:read', { by: 'filter' }) }, () => ['all']);
    });
    await app.ready();
    const key = await boundTo([ACCOUNT], ['run:read']);
    const answer = await app.inject({ url: '/v1/careless', headers: bearer(key) });
    expect([answer.statusCode, answer.body.includes('all')]).toEqual([500, false]);
    await app.close();
  });
});
