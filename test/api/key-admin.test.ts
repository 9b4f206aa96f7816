import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import {
  createdWallet,
  get,
  idOf,
  keyOf,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';
import { waitFor } from '../support/wait-for.ts';

let service: ApiUnderTest;
let admin: string;
beforeAll(async () => {
  service = await startApi();
  admin = await keyOf(service.database, 'person', ['key:admin']);
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

const shopKey = () => keyOf(service.database, 'service', ['status:read', 'wallet:mint_token']);

const end = (action: 'revoke' | 'expire', key: string, body: object) =>
  post(service, `/v1/api-keys/${idOf(key)}/${action}`, body, { key: admin });

const statusWith = async (key: string) => (await get(service, '/v1/status', key)).statusCode;

async function listed(key: string) {
  const { items } = (await get(service, '/v1/api-keys', admin)).json<{
    items: readonly { readonly id: string; readonly lastUsedAt: string | null }[];
  }>();
  return items.find(({ id }) => id === idOf(key));
}

describe('the API for keys', () => {
  it('lists each key with holder, scopes and last use, and never a hash', async () => {
    const key = await shopKey();
    expect(await listed(key)).toMatchObject({ ownerKind: 'service', lastUsedAt: null });
    expect(await statusWith(key)).toBe(200);
    await waitFor('the use is recorded', async () => (await listed(key))?.lastUsedAt ?? null);
    const body = (await get(service, '/v1/api-keys', admin)).body;
    expect(body).not.toMatch(/secret|hash/i);
  });

  it('revokes a key at once for this process, with the reason and the person in the trail', async () => {
    const key = await shopKey();
    expect(await statusWith(key)).toBe(200);
    const answer = await end('revoke', key, { reason: 'it leaked' });
    expect(answer.statusCode).toBe(200);
    expect(typeof answer.json<{ revokedAt: unknown }>().revokedAt).toBe('string');
    await waitFor('the key is refused', async () => (await statusWith(key)) === 401);
    const [event] = await service.database.owner`
      select action, actor_kind, actor_key, why from audit_events where subject_id = ${idOf(key)} and action = 'api_key.changed'
       order by id desc limit 1`;
    expect(event).toEqual({
      action: 'api_key.changed',
      actor_kind: 'person',
      actor_key: idOf(admin),
      why: 'it leaked',
    });
  });

  it('ends the wallet tokens of a key that is revoked', async () => {
    const key = await shopKey();
    const { id } = await createdWallet(service);
    const minted = await post(service, `/v1/wallets/${id}/tokens`, {}, { key });
    const { token } = minted.json<{ token: string }>();
    expect((await get(service, `/v1/wallets/${id}`, token)).statusCode).toBe(200);
    await end('revoke', key, { reason: 'it leaked' });
    await waitFor(
      'the token is refused',
      async () => (await get(service, `/v1/wallets/${id}`, token)).statusCode === 401,
    );
  });

  it('sets when a key ends, and refuses to let one live again', async () => {
    const key = await shopKey();
    const later = { expiresAt: '2999-01-01T00:00:00.000Z', reason: 'the contract ends' };
    expect((await end('expire', key, later)).json()).toMatchObject({ expiresAt: later.expiresAt });
    expect(await statusWith(key)).toBe(200);
    const past = { expiresAt: '2020-01-01T00:00:00.000Z', reason: 'it ended' };
    expect((await end('expire', key, past)).statusCode).toBe(200);
    await waitFor('the key is refused', async () => (await statusWith(key)) === 401);
    expect((await end('expire', key, later)).json()).toMatchObject({
      status: 404,
      code: 'api_key.not_found',
    });
    expect((await end('revoke', key, { reason: 'twice' })).statusCode).toBe(404);
  });

  it('refuses a service, and a person without the scope', async () => {
    const key = await shopKey();
    expect((await get(service, '/v1/api-keys', key)).statusCode).toBe(403);
    const other = await keyOf(service.database, 'person', ['review:decide']);
    const asOther = await post(
      service,
      `/v1/api-keys/${idOf(key)}/revoke`,
      { reason: 'mine' },
      { key: other },
    );
    expect(asOther.statusCode).toBe(403);
    expect(await statusWith(key)).toBe(200);
  });
});
