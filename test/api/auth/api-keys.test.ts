import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyVerifier } from '../../../api/auth/key-verifier.ts';
import { readCallerName } from '../../../api/auth/caller-name.ts';
import { createApiKey, hashKey, rotateApiKey } from '../../../api/auth/api-keys.ts';
import { markApiKeyRevoked } from '../../../db/queries/api-keys.ts';
import { verifyClean } from '../../support/database.ts';
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
} from '../../support/api-under-test.ts';

const MAKER = { pepper: PEPPER, deployment: 'trial' } as const;

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(async () => {
  // The trail names the keys that this file edits past it.
  await verifyClean(service.database.db, ['I19 complete']);
  await service.close();
});

async function rotated(key: string): Promise<string> {
  const made = await rotateApiKey(service.database.db, MAKER, {
    id: idOf(key),
    now: new Date(),
    oldEndsAt: new Date(Date.now() + 3_600_000),
  });
  return made?.key ?? '';
}

/** Changes a row of a key past every rule. */
async function edit(key: string, change: string): Promise<void> {
  await service.database.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx.unsafe(`update api_keys set ${change} where id = '${idOf(key)}'`);
  });
}

describe('a retry under the next key of its caller', () => {
  it('gets the answer of the first request, and spends once', async () => {
    const wallet = await createdWallet(service);
    await creditedDeposit(service, wallet.id, 50_000n);
    const url = `/v1/wallets/${wallet.id}/spends`;
    const first = await keyOf(service.database, 'service', ['wallet:spend'], { name: 'till' });
    const next = await rotated(first);
    const asked = { idempotencyKey: 'order-4711' };
    const spent = await post(service, url, { credits: '3' }, { key: first, ...asked });
    expect(spent.statusCode).toBe(201);
    await markApiKeyRevoked(service.database.db, idOf(first));
    const again = await post(service, url, { credits: '3' }, { key: next, ...asked });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.json()).toEqual(spent.json());
    const other = await post(service, url, { credits: '1' }, { key: next, ...asked });
    expect(other.json()).toMatchObject({ code: 'request.key_reused' });
    const [row] = await service.database.owner`
      select count(*)::int as spends, (select credits::int from wallets where id = ${wallet.id}) as credits
        from spends where wallet_id = ${wallet.id}`;
    expect(row).toEqual({ spends: 1, credits: 7 });
  });

  it('belongs to a person whatever key they use, and to no other caller', async () => {
    const asked = { idempotencyKey: 'one-wallet' };
    const opened = async (key: string) => {
      const answer = await post(service, '/v1/wallets', {}, { key, ...asked });
      return answer.json<{ id: string }>().id;
    };
    const scopes = ['wallet:create'] as const;
    const sipho = { name: 'desk', person: 'sipho' };
    const first = await opened(await keyOf(service.database, 'person', scopes, sipho));
    expect(await opened(await keyOf(service.database, 'person', scopes, sipho))).toBe(first);
    const robot = await keyOf(service.database, 'service', scopes, { name: 'sipho' });
    expect(await opened(robot)).not.toBe(first);
  });
});

describe('the rotation of a key', () => {
  it('keeps scopes and end, ends the old key after its grace, and refuses a key that has ended', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000);
    const old = await keyOf(service.database, 'service', ['run:read'], { name: 'a', expiresAt });
    const next = await rotated(old);
    for (const key of [old, next])
      expect((await get(service, '/v1/runs', key)).statusCode).toBe(200);
    const rows = await service.database.owner`
      select rotated_from, expires_at > now() + interval '23 hours' as late, expires_at is not null as ends
        from api_keys where id in (${idOf(old)}, ${idOf(next)}) order by rotated_from nulls first`;
    expect([...rows]).toEqual([
      { rotated_from: null, late: false, ends: true },
      { rotated_from: idOf(old), late: true, ends: true },
    ]);
    await markApiKeyRevoked(service.database.db, idOf(old));
    expect(await rotated(old)).toBe('');
  });
});

describe('an API key', () => {
  it.each([
    `scopes = '{audit:read}'`,
    `owner_kind = 'person', person = 'mallory', caller = 'mallory'`,
    `caller = 'other'`,
    `own_wallets = true`,
  ])('works no more when its row is edited: %s', async (change) => {
    const key = await keyOf(service.database, 'service', ['run:read'], { name: 'edited' });
    await edit(key, change);
    expect((await get(service, '/v1/audit', key)).statusCode).toBe(401);
    expect((await get(service, '/v1/runs', key)).statusCode).toBe(401);
  });

  it('works no more with the hash of another key', async () => {
    const known = await keyOf(service.database, 'service', ['run:read']);
    const wanted = await keyOf(service.database, 'person', ['audit:read']);
    const [row] = await service.database.owner<{ secret_hash: string }[]>`
      select secret_hash from api_keys where id = ${idOf(known)}`;
    await edit(wanted, `secret_hash = '${row?.secret_hash ?? ''}'`);
    const forged = known.replace(idOf(known).slice(4), idOf(wanted).slice(4));
    expect((await get(service, '/v1/audit', forged)).statusCode).toBe(401);
  });

  it('gets another hash under another pepper', () => {
    const facts = { id: 'key_1', ownerKind: 'service', person: null, caller: 'a' } as const;
    const key = { ...facts, scopes: [], boundAccounts: null, ownWallets: false };
    expect(hashKey('one', key, 'secret')).not.toBe(hashKey('two', key, 'secret'));
  });

  it('costs no query when it is guessed', async () => {
    const queries: string[] = [];
    const debug = (_connection: number, query: string) => void queries.push(query);
    const client = postgres(service.database.url, {
      max: 1,
      debug,
      connection: { role: 'purser_app' },
    });
    try {
      const db = drizzle(client);
      const verifier = createKeyVerifier({ ...MAKER, db, clock: () => new Date() });
      const right = await keyOf(service.database, 'service', ['run:read']);
      for (let guess = 0; guess < 1_000; guess += 1) {
        const id = guess.toString(16).padStart(32, '0');
        expect(await verifier.verify(`purser_trial_${id}_${right.slice(-54)}`)).toBeNull();
        const secret = guess.toString(16).padStart(43, '0');
        const ownId = right.replace(/_[A-Za-z0-9_-]{54}$/, `_${secret}${right.slice(-11)}`);
        expect(await verifier.verify(ownId)).toBeNull();
      }
      expect(queries).toEqual([]);
      expect(await verifier.verify(right)).not.toBeNull();
      expect(queries.length).toBeGreaterThan(0);
    } finally {
      await client.end();
    }
  });
});

describe('a name of a person', () => {
  it.each([
    ['Thandi', 'thandi'],
    [' thandi.nkosi@shop-1 ', 'thandi.nkosi@shop-1'],
  ])('gets lower case: %s', (text, name) => {
    expect(readCallerName(text, '--person')).toBe(name);
  });

  it.each([
    'al\u200bice',
    'alice\u00ad',
    '\u0430lice',
    'al\u0131ce',
    'alice\u0301',
    '\uff41lice',
    '\u212aelvin',
    'thandi nkosi',
    '',
    '-alice',
    'a'.repeat(65),
  ])('needs plain letters: %j', async (name) => {
    const wanted = { name, ownerKind: 'person', scopes: [], ...MAKER } as const;
    await expect(createApiKey(service.database.db, wanted)).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });

  it('makes no second person of one that looks the same', async () => {
    await keyOf(service.database, 'person', [], { person: 'alice' });
    await keyOf(service.database, 'person', [], { person: 'ALICE' });
    const [row] = await service.database.owner`
      select count(distinct person)::int as persons from api_keys where person ~* 'alice'`;
    expect(row).toEqual({ persons: 1 });
    await expect(keyOf(service.database, 'person', [], { person: 'a1ice' })).rejects.toMatchObject({
      cause: { constraint_name: 'api_keys_one_name_a_person' },
    });
  });
});
