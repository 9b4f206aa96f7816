import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type DatabaseHandle } from '../../db/client.ts';
import { CODE_OF_CONSTRAINT, toCodedError } from '../../db/pg-errors.ts';
import { CodedError } from '../../domain/errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedWallet } from '../support/ledger.ts';

let test: TestDatabase;
let superuser: DatabaseHandle;

beforeAll(async () => {
  test = await createTestDatabase();
  superuser = openDatabase({
    url: test.ownerUrl,
    poolSize: 2,
    applicationName: 'purser-test',
    as: 'owner',
  });
});
afterAll(async () => {
  await superuser.close();
  await test.close();
});

async function translated(work: PromiseLike<unknown>): Promise<CodedError | null> {
  try {
    await work;
  } catch (error) {
    return toCodedError(error);
  }
  throw new Error('the database refused nothing');
}

const raise = (state: string) =>
  superuser.db.execute(
    sql.raw(`DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '${state}'; END $$`),
  );

describe('the translation of database errors', () => {
  it.each([
    ['PU003', 'invariant.violated'],
    ['PU004', 'deposit.already_settled'],
    ['PU005', 'invariant.violated'],
    ['PU006', 'invariant.violated'],
    ['PU007', 'database.conflict'],
    ['PU017', 'invariant.violated'],
    ['40001', 'database.conflict'],
    ['40P01', 'database.conflict'],
    ['55P03', 'database.conflict'],
    ['57P01', 'database.unavailable'],
    ['57014', 'database.unavailable'],
    ['53100', 'database.full'],
    ['53300', 'database.too_many_connections'],
    ['08006', 'database.unavailable'],
    ['25006', 'database.read_only'],
    ['28000', 'database.login_refused'],
    ['28P01', 'database.login_refused'],
    ['3D000', 'database.not_found'],
    ['3F000', 'database.not_migrated'],
    ['42P01', 'database.not_migrated'],
    ['42703', 'database.not_migrated'],
    ['42883', 'database.not_migrated'],
    ['42501', 'invariant.violated'],
    ['22012', 'internal.unexpected'],
  ])('turns SQLSTATE %s into %s', async (state, code) => {
    expect(await translated(raise(state))).toMatchObject({ code, details: { sqlstate: state } });
  });

  it('recognises a taken customer code by its constraint, also within a transaction', async () => {
    await seedWallet(test.db, 1);
    const again = test.db.transaction((tx) =>
      tx.execute(sql`insert into wallets (id, code) values ('w', 'CUS00000001')`),
    );
    expect(await translated(again)).toMatchObject({ code: 'wallet.code_taken' });
  });

  it('recognises an unknown wallet and an unknown bank account by their foreign keys', async () => {
    const decision = test.owner`insert into decision_allocations (decision_id, part, wallet_id, amount_minor) values ('d', 0, 'none', 1)`;
    expect((await translated(decision))?.details['constraint']).toMatch(
      /^decision_allocations_(decision_id|wallet_id)_fkey$/,
    );
    const run = sql`insert into runs (id, bank_account_key, kind) values ('r', 'none', 'poll')`;
    expect(await translated(test.db.execute(run))).toMatchObject({ code: 'account.not_found' });
  });

  it('names only constraints that exist, or that a function raises', async () => {
    const rows = await test.owner<{ name: string }[]>`
      SELECT conname AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace
      UNION SELECT (regexp_matches(prosrc, 'CONSTRAINT = ''(\\w+)''', 'g'))[1] FROM pg_proc WHERE pronamespace = 'public'::regnamespace`;
    const stored = new Set(rows.map((row) => row.name));
    expect(Object.keys(CODE_OF_CONSTRAINT).filter((name) => !stored.has(name))).toEqual([]);
  });

  it('carries no statement, parameter, row or cause', async () => {
    const error = await translated(
      test.db.execute(
        sql`insert into wallets (id, code, name) values ('w', 'secret-code', 'secret-name')`,
      ),
    );
    const everything = [error?.message, error?.stack, JSON.stringify(error), String(error?.cause)];
    expect(error).toMatchObject({
      code: 'invariant.violated',
      details: { constraint: 'wallets_code_shape' },
    });
    expect(error?.cause).toBeUndefined();
    expect(everything.join('\n')).not.toMatch(/secret|insert|Failing row/i);
  });

  it.each([
    ['a role that no migration has made', '22023', 'call_string_check_hook', 'not_migrated'],
    ['a role that is refused', '42501', 'call_string_check_hook', 'role_refused'],
    ['a database that lets nobody in', '42501', 'CheckMyDatabase', 'login_refused'],
  ])(
    'distinguishes %s from a refused statement, at the start of a connection',
    (_, code, routine, said) => {
      const refusal = Object.assign(new Error('x'), { severity: 'FATAL', code, routine });
      expect(toCodedError(refusal)?.code).toBe(`database.${said}`);
      expect(toCodedError(Object.assign(refusal, { severity: 'ERROR' }))?.code).not.toBe(
        `database.${said}`,
      );
    },
  );

  it('blames the database for a missing file only where the file is the socket', () => {
    const missing = (syscall: string) => Object.assign(new Error('x'), { code: 'ENOENT', syscall });
    expect(toCodedError(missing('connect'))?.code).toBe('database.unavailable');
    expect(toCodedError(missing('open'))).toBeNull();
  });

  it('recognises TLS failures, also where the server has no TLS', () => {
    const reset = 'Client network socket disconnected before secure TLS connection was established';
    const faults = [
      ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
      ['ERR_TLS_CERT_ALTNAME_INVALID', 'Host: db is not cert’s CN'],
      ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number'],
      ['ECONNRESET', reset],
    ] as const;
    for (const [code, message] of faults)
      expect(toCodedError(Object.assign(new Error(message), { code }))?.code).toBe(
        'database.tls_failed',
      );
    expect(toCodedError(Object.assign(new Error('read'), { code: 'ECONNRESET' }))?.code).toBe(
      'database.unavailable',
    );
  });

  it('answers unavailable for an absent server or a lost connection, and refused for a wrong password', async () => {
    const nobody = postgres('postgres://nobody@127.0.0.1:1/none', { max: 1 });
    expect(await translated(nobody`SELECT 1`)).toMatchObject({ code: 'database.unavailable' });
    await nobody.end();

    const victim = postgres(test.ownerUrl, { max: 1 });
    const hungUp = victim`SELECT pg_terminate_backend(pg_backend_pid())`;
    expect(await translated(hungUp)).toMatchObject({ code: 'database.unavailable' });
    // The driver would wait for a connection that was ended under it.
    await victim.end({ timeout: 0 });

    const stranger = new URL(test.ownerUrl);
    stranger.password = 'wrong';
    const refused = postgres(stranger.href, { max: 1 });
    expect(await translated(refused`SELECT 1`)).toMatchObject({ code: 'database.login_refused' });
    await refused.end();
  });

  it('returns a coded error unchanged, and leaves foreign errors alone', () => {
    const coded = new CodedError('rate.missing', 'No rate.');
    expect(toCodedError(new Error('wrapped', { cause: coded }))).toBe(coded);
    expect(toCodedError(new TypeError('ours'))).toBeNull();
    expect(toCodedError('text')).toBeNull();
  });
});
