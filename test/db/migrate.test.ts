import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, requireServerVersion } from '../../db/migrate.ts';
import { verify } from '../../db/queries/verify/verify.ts';
import { isCoded } from '../../domain/errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const SOURCES = new URL('../../db/migrations/', import.meta.url);

let test: TestDatabase;
let folder: string;

/** An empty database, and a copy of the migrations that a test may change. */
beforeEach(async () => {
  test = await createTestDatabase({ template: false });
  folder = await mkdtemp(join(tmpdir(), 'purser-migrations-'));
  await cp(SOURCES, folder, { recursive: true });
});
afterEach(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

function migrateCopy(url = test.ownerUrl) {
  return migrate(url, { folder: pathToFileURL(`${folder}/`) });
}

/** The code and message of a refusal. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (isCoded(error) ? `${error.code}: ${error.message}` : String(error)),
  );
}

async function files(): Promise<readonly string[]> {
  return (await readdir(SOURCES)).sort();
}

describe('migrate', () => {
  it('applies every file in order, and the next time none', async () => {
    expect(await migrate(test.ownerUrl)).toEqual({ applied: await files() });
    expect(await migrate(test.ownerUrl)).toEqual({ applied: [] });
    expect((await verify(test.db)).ok).toBe(true);
  });

  it('applies each file once when four run at the same time', async () => {
    const four = await Promise.all([1, 2, 3, 4].map(() => migrate(test.ownerUrl)));

    expect(four.flatMap(({ applied }) => applied).sort()).toEqual(await files());
    expect((await verify(test.db)).ok).toBe(true);
  });

  it('applies only what is new', async () => {
    await migrateCopy();
    const next = `${String((await files()).length + 1).padStart(4, '0')}_next.sql`;
    await writeFile(join(folder, next), 'CREATE TABLE next_one (id int);');

    expect(await migrateCopy()).toEqual({ applied: [next] });
  });

  it('keeps nothing of a file that fails, and says why without quoting rows', async () => {
    const next = `${String((await files()).length + 1).padStart(4, '0')}_next.sql`;
    await writeFile(
      join(folder, next),
      `CREATE TABLE half (id int PRIMARY KEY); INSERT INTO half VALUES (4711), (4711);`,
    );

    const refusal = await refusalOf(migrateCopy());

    expect(refusal).toMatch(
      /^migration\.failed: Migration 00\d\d_next\.sql failed .*duplicate key.*23505/,
    );
    expect(refusal).not.toContain('4711');
    const [half] = await test.owner`SELECT to_regclass('half') AS found`;
    expect(half).toEqual({ found: null });
    const [count] = await test.owner`SELECT count(*)::int AS count FROM purser_migrations`;
    expect(count).toEqual({ count: (await files()).length });
  });

  it('refuses a file that was changed after it was applied', async () => {
    await migrateCopy();
    const [first = ''] = await files();
    const text = await readFile(join(folder, first), 'utf8');
    await writeFile(join(folder, first), `${text}-- changed\n`);

    expect(await refusalOf(migrateCopy())).toContain(
      `migration.failed: Migration ${first} was changed`,
    );
  });

  it('takes other line endings for no change', async () => {
    await migrateCopy();
    const [first = ''] = await files();
    const text = await readFile(join(folder, first), 'utf8');
    await writeFile(join(folder, first), text.replaceAll('\n', '\r\n'));

    expect(await migrateCopy()).toEqual({ applied: [] });
  });

  it('refuses files that leave out a number', async () => {
    const [, second = ''] = await files();
    await rm(join(folder, second));

    expect(await refusalOf(migrateCopy())).toContain('number the files without gaps');
  });

  it('refuses a file that was never applied though a later one was', async () => {
    await migrateCopy();
    const [, second = ''] = await files();
    await test.owner`DELETE FROM purser_migrations WHERE name = ${second}`;

    expect(await refusalOf(migrateCopy())).toContain(`Migration ${second} was never applied`);
  });

  it('refuses an applied file that is gone', async () => {
    await migrateCopy();
    const [, second = ''] = await files();
    await test.owner`UPDATE purser_migrations SET name = '0002_a_lost_file.sql' WHERE name = ${second}`;

    expect(await refusalOf(migrateCopy())).toContain(
      '0002_a_lost_file.sql was applied, but its file is gone',
    );
  });

  it('refuses a database that a newer version has migrated', async () => {
    await migrateCopy();
    await test.owner`INSERT INTO purser_migrations (name, sha256) VALUES ('9999_future.sql', 'x')`;

    expect(await refusalOf(migrateCopy())).toContain(
      '9999_future.sql was applied by a newer version',
    );
  });

  it('waits no longer than told for a migrator that hangs', async () => {
    await migrateCopy();
    const refusal = await test.owner.begin(async (tx) => {
      await tx`LOCK TABLE purser_migrations`;
      return refusalOf(migrate(test.ownerUrl, { lockTimeoutMs: 50 }));
    });

    expect(refusal).toContain('migration.failed: Another migrator held the lock for too long');
  });

  it('says that the database is unavailable when nothing listens', async () => {
    const refusal = await refusalOf(migrate('postgres://nobody:secret@127.0.0.1:1/none'));

    expect(refusal).toMatch(/^database\.unavailable: /);
    expect(refusal).not.toContain('secret');
  });

  it.each([
    [140_021, '14.21'],
    [90_624, '9.624'],
  ])('refuses server version %i', (version, printed) => {
    expect(() => requireServerVersion(version)).toThrow(
      `PostgreSQL 15 or newer is needed, found ${printed}`,
    );
    expect(() => requireServerVersion(150_000)).not.toThrow();
  });

  it('needs no superuser: a login that may create roles and owns the database is enough', async () => {
    const login = `purser_migrator_${randomUUID().slice(0, 8)}`;
    const database = new URL(test.ownerUrl).pathname.slice(1);
    await test.owner.unsafe(`CREATE ROLE ${login} LOGIN CREATEROLE PASSWORD 'x'`);
    // The roles exist on this server already; where they do not, the login makes them and may grant them to itself.
    await test.owner.unsafe(`GRANT purser_ledger, purser_app TO ${login} WITH ADMIN OPTION`);
    await test.owner.unsafe(`ALTER DATABASE ${database} OWNER TO ${login}`);
    const url = new URL(test.ownerUrl);
    url.username = login;
    url.password = 'x';

    expect(await migrate(url.href)).toEqual({ applied: await files() });
    expect((await verify(test.db)).ok).toBe(true);
  });
});
