import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERSON_ONLY_SCOPES, SCOPES } from '../../api/auth/scopes.ts';
import { newId } from '../../db/new-id.ts';
import { insertApiKey } from '../../db/queries/api-keys.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

type Wanted = Partial<Parameters<typeof insertApiKey>[1]>;

/** Stores a key as the services' login does. */
async function store(wanted: Wanted): Promise<string> {
  const id = newId('apiKey');
  const facts = { id, secretHash: 'x', name: 'key', scopes: [], boundAccounts: null };
  const service = {
    ownerKind: 'service',
    person: null,
    caller: 'shop',
    ownWallets: false,
  } as const;
  const ends = { expiresAt: null, rotatedFrom: null };
  await insertApiKey(test.db, { ...facts, ...service, ...ends, ...wanted });
  return id;
}

const aPerson = (person: string) => store({ ownerKind: 'person', person, caller: person });

/** The words that a constraint of api_keys lists. */
async function listed(constraint: string): Promise<readonly string[]> {
  const [row] = await test.owner<{ text: string }[]>`
    select pg_get_constraintdef(oid) as text from pg_constraint where conname = ${constraint}`;
  return [...(row?.text ?? '').matchAll(/'([a-z_]+:[a-z_]+)'/g)].map(([, scope]) => scope ?? '');
}

describe('the database, about API keys,', () => {
  it('knows the scopes that the API knows', async () => {
    expect([...(await listed('api_keys_scopes_known'))].sort()).toEqual([...SCOPES].sort());
    expect([...(await listed('api_keys_scopes_of_persons'))].sort()).toEqual(
      [...PERSON_ONLY_SCOPES].sort(),
    );
  });

  it('lets the login of services write no row of its own', async () => {
    const id = await store({});
    const writes = [
      sql`insert into api_keys (id, secret_hash, name, owner_kind, caller, scopes) values ('key_1', 'x', 'x', 'service', 'x', '{}')`,
      sql`update api_keys set scopes = '{review:decide}' where id = ${id}`,
      sql`update api_keys set revoked_at = null where id = ${id}`,
      sql`delete from api_keys where id = ${id}`,
      sql`truncate api_keys cascade`,
    ];
    for (const write of writes) expect(await sqlStateOf(test.db.execute(write))).toBe('42501');
  });

  it.each<[string, Wanted, string]>([
    ['an unknown scope', { scopes: ['money:print'] }, '23514 api_keys_scopes_known'],
    ['a person’s scope', { scopes: ['review:decide'] }, '23514 api_keys_scopes_of_persons'],
    ['a person', { person: 'thandi' }, '23514 api_keys_person_of_person'],
    [
      'an account that nobody has',
      { boundAccounts: ['none'] },
      '23503 api_keys_bound_accounts_known',
    ],
    ['no account at all', { boundAccounts: [] }, '23514 api_keys_bound_to_some'],
    ['a caller with a blank', { caller: 'the shop' }, '23514 api_keys_caller_spelling'],
    ['an unknown key before it', { rotatedFrom: 'key_0' }, 'PU017'],
  ])('refuses a service’s key with %s', async (_what, wanted, state) => {
    expect(await sqlStateOf(store(wanted))).toBe(state);
  });

  it('refuses a person’s key that is bound, or calls under another name', async () => {
    const person = { ownerKind: 'person', person: 'lerato', caller: 'lerato' } as const;
    expect(await sqlStateOf(store({ ...person, ownWallets: true }))).toBe(
      '23514 api_keys_person_unbound',
    );
    expect(await sqlStateOf(store({ ...person, caller: 'sipho' }))).toBe(
      '23514 api_keys_person_calls',
    );
  });

  it.each([
    ['a zero-width space', 'al\u200bice'],
    ['a soft hyphen', 'al\u00adice'],
    ['a Cyrillic letter', '\u0430lice'],
    ['a dotless i', 'al\u0131ce'],
    ['a combining mark', 'alice\u0301'],
    ['a wide letter', '\uff41lice'],
    ['an upper-case letter', 'Alice'],
    ['a blank at its end', 'alice '],
    ['a line break at its end', 'alice\n'],
  ])('refuses a person’s name with %s', async (_what, name) => {
    expect(await sqlStateOf(aPerson(name))).toMatch(/^23514 api_keys_(person|caller)_spelling$/);
  });

  it.each([
    ['a1ice', 'alice'],
    ['al-ice', 'alice'],
    ['norna', 'noma'],
    ['b0b', 'bob'],
    ['purser', ''],
    ['pur.ser', ''],
  ])('refuses the name %s beside %s', async (name, other) => {
    if (other !== '') await aPerson(other);
    expect(await sqlStateOf(aPerson(name))).toBe('23505 api_keys_one_name_a_person');
  });

  it('refuses the second of two look-alikes that come at the same moment', async () => {
    const answers = await Promise.all(['kl0e', 'kloe'].map((name) => sqlStateOf(aPerson(name))));
    expect(answers.sort()).toEqual(['23505 api_keys_one_name_a_person', 'accepted']);
  });

  it('lets nobody change what a key may do and for whom, and brings none back', async () => {
    const id = await store({ scopes: ['wallet:read'] });
    const facts = [
      'secret_hash',
      'name',
      'owner_kind',
      'person',
      'caller',
      'scopes',
      'bound_accounts',
      'own_wallets',
      'rotated_from',
    ];
    for (const column of facts) {
      const value = { scopes: `'{}'`, bound_accounts: `'{x}'`, own_wallets: 'true' }[column];
      const change = test.owner.unsafe(
        `update api_keys set ${column} = ${value ?? `'other'`} where id = '${id}'`,
      );
      expect([column, await sqlStateOf(change)]).toEqual([column, 'PU017']);
    }
    const revoke = sql`select revoke_api_key(${id}) as done`;
    expect([...(await test.db.execute(revoke))]).toEqual([{ done: true }]);
    expect([...(await test.db.execute(revoke))]).toEqual([{ done: false }]);
    const expire = sql`select expire_api_key(${id}, now() + interval '1 hour') as done`;
    expect([...(await test.db.execute(expire))]).toEqual([{ done: false }]);
    const back = test.owner`update api_keys set revoked_at = null where id = ${id}`;
    expect(await sqlStateOf(back)).toBe('PU017');
  });

  it('brings no key back that has expired', async () => {
    const id = await store({ expiresAt: new Date(Date.now() - 1_000) });
    const expire = sql`select expire_api_key(${id}, now() + interval '1 hour') as done`;
    expect([...(await test.db.execute(expire))]).toEqual([{ done: false }]);
    const back = test.owner`update api_keys set expires_at = null where id = ${id}`;
    expect(await sqlStateOf(back)).toBe('PU017');
  });

  it('lets the next key of a caller do what the one before could, and no more', async () => {
    const old = await store({ scopes: ['wallet:read'], ownWallets: true });
    const same = { scopes: ['wallet:read'], ownWallets: true, rotatedFrom: old };
    await store(same);
    for (const more of [
      { scopes: ['wallet:read', 'wallet:spend'] },
      { ownWallets: false },
      { caller: 'other' },
    ]) {
      expect(await sqlStateOf(store({ ...same, ...more }))).toBe('PU017');
    }
  });
});
