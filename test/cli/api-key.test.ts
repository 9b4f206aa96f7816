import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { runPurser } from '../support/purser.ts';
import { PEPPER, get, startApi, type ApiUnderTest } from '../support/api-under-test.ts';
import { waitFor } from '../support/wait-for.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

const purser = (...args: readonly string[]) =>
  runPurser(['api-key', ...args], {
    DATABASE_URL: service.database.url,
    API_KEY_PEPPER: PEPPER,
  });

async function aKey(name: string): Promise<{ readonly id: string; readonly key: string }> {
  const made = await purser('--name', name, '--scopes', 'status:read', '--json');
  return JSON.parse(made.stdout) as { id: string; key: string };
}

const statusOf = async (key: string) => (await get(service, '/v1/runs', key)).statusCode;

describe('purser api-key', () => {
  it('lists every key with its use and its end, and no secret', async () => {
    const { id, key } = await aKey('shop');
    const before = await purser('list');
    expect(before.stdout).toContain(`${id}   shop   a service   never used   no end`);
    const { keys } = JSON.parse((await purser('list', '--json')).stdout) as {
      keys: readonly Record<string, unknown>[];
    };
    expect(keys.find((each) => each['id'] === id)).toMatchObject({ scopes: ['status:read'] });
    expect(JSON.stringify(keys)).not.toMatch(/hash/i);
    expect(before.stdout).not.toContain(key.slice(-43));
  });

  it('revokes a key, by its id or by itself, everywhere and with a reason', async () => {
    const { id, key } = await aKey('lost');
    expect(await statusOf(key)).toBe(403);
    const done = await purser('revoke', key, '--reason', 'the laptop was lost');
    expect([done.code, done.stdout]).toEqual([0, `${id} is revoked.\n`]);
    await waitFor('the key is refused', async () => (await statusOf(key)) === 401);
    const [row] = await service.database.owner`
      select why from audit_events where subject_kind = 'api_key' and subject_id = ${id} order by id desc limit 1`;
    expect(row).toEqual({ why: 'the laptop was lost' });
    const again = await purser('revoke', id, '--reason', 'again');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('purser api-key list');
  });

  it('rotates a key: both work until the grace ends, and the list names the caller', async () => {
    const made = await purser(
      ...['--name', 'the till', '--caller', 'till', '--own-wallets', '--scopes', 'status:read'],
      '--json',
    );
    const { id, key } = JSON.parse(made.stdout) as { id: string; key: string };
    const done = await purser('rotate', id, '--grace-hours', '1', '--reason', 'yearly', '--json');
    const next = JSON.parse(done.stdout) as { id: string; key: string };
    for (const each of [key, next.key]) expect(await statusOf(each)).toBe(403);
    const { stdout } = await purser('list');
    expect(stdout).toContain(`${next.id}   the till   the service till   `);
    expect(stdout).toContain('only its own wallets');
    const now = await purser('rotate', next.id, '--grace-hours', '0', '--reason', 'it leaked');
    expect(now.code).toBe(0);
    await waitFor('the old key is refused', async () => (await statusOf(next.key)) === 401);
    expect((await purser('rotate', next.id, '--reason', 'again')).code).toBe(1);
  });

  it('refuses a name that could be taken for another person’s', async () => {
    const person = (name: string) =>
      purser('--owner', 'person', '--name', name, '--scopes', 'review:decide');
    expect((await person('alice')).code).toBe(0);
    expect((await person('a1ice')).stderr).toContain('person.look_alike');
    expect((await person('аlice')).stderr).toContain('choose another one (--person)');
  });

  it('sets when a key ends', async () => {
    const { id, key } = await aKey('temporary');
    const at = '2020-01-01T00:00:00Z';
    const done = await purser('expire', id, '--at', at, '--reason', 'the test is over');
    expect(done.stdout).toBe(`${id} ends at 2020-01-01T00:00:00.000Z.\n`);
    await waitFor('the key is refused', async () => (await statusOf(key)) === 401);
    expect((await purser('expire', id, '--at', 'soon', '--reason', 'x')).code).not.toBe(0);
  });

  it('asks for the name and the scopes of a new key', async () => {
    const asked = await purser('--name', 'half');
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('--scopes');
  });
});
