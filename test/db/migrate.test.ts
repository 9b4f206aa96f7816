import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, requireServerVersion } from '../../db/migrate.ts';
import { verify } from '../../db/queries/verify/verify.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';
import { copySchemaFolder, type SchemaFolder } from '../support/schema-folder.ts';

const UNREACHABLE = 'postgres://nobody:secret@127.0.0.1:1/none';

let test: TestDatabase;
let folder: SchemaFolder;

/** A copy of the schema's files, which a test may change. */
beforeEach(async () => {
  folder = await copySchemaFolder();
});
afterEach(() => folder.dispose());

function useDatabase(options: { readonly template: boolean }): void {
  beforeEach(async () => {
    test = await createTestDatabase(options);
  });
  afterEach(() => test.close());
}

function migrateCopy(url = test.ownerUrl) {
  return migrate(url, { folder: folder.url });
}

/** Two numbered files more than there are. */
async function addTwo(): Promise<readonly [string, string]> {
  return [
    await folder.addMigration('first', 'CREATE TABLE first_one (\n  id int\n);\n'),
    await folder.addMigration('second', 'CREATE TABLE second_one (id int);'),
  ];
}

describe('migrate, on an empty database,', () => {
  useDatabase({ template: false });

  it('applies the baseline to an empty database, and nothing the next time', async () => {
    expect(await migrate(test.ownerUrl)).toEqual({ applied: ['baseline'] });
    expect(await migrate(test.ownerUrl)).toEqual({ applied: [] });
    expect((await verify(test.db)).ok).toBe(true);
  });

  it('applies the baseline and each numbered file once when four migrators run at the same time', async () => {
    const added = await addTwo();
    const four = await Promise.all([1, 2, 3, 4].map(() => migrateCopy()));

    expect(four.flatMap(({ applied }) => applied).sort()).toEqual([...added, 'baseline']);
    expect((await verify(test.db)).ok).toBe(true);
  });

  it('keeps nothing of a baseline that fails', async () => {
    await folder.write('baseline/11_grants.sql', 'SELECT 1 / 0;');

    expect(await refusalOf(migrateCopy())).toContain(
      'Migration baseline/11_grants.sql failed and left no trace',
    );
    const [found] = await test.owner`SELECT to_regclass('lines') AS lines`;
    expect(found).toEqual({ lines: null });
  });

  it('refuses a database from before there was a baseline', async () => {
    await test.owner.unsafe(`CREATE TABLE purser_migrations (name text PRIMARY KEY, sha256 text);
      INSERT INTO purser_migrations VALUES ('0001_accounts_and_wallets.sql', 'x')`);

    expect(await refusalOf(migrateCopy())).toMatch(/^migration\.other_baseline: /);
  });

  it('needs no superuser: a login that creates roles and owns the database is enough', async () => {
    const login = `purser_migrator_${randomUUID().slice(0, 8)}`;
    const database = new URL(test.ownerUrl).pathname.slice(1);
    await test.owner.unsafe(`CREATE ROLE ${login} LOGIN CREATEROLE PASSWORD 'x'`);
    // The roles exist on this server already; where they do not, the login makes them and may grant them to itself.
    await test.owner.unsafe(`GRANT purser_ledger, purser_app TO ${login} WITH ADMIN OPTION`);
    await test.owner.unsafe(`ALTER DATABASE ${database} OWNER TO ${login}`);
    const url = new URL(test.ownerUrl);
    url.username = login;
    url.password = 'x';

    expect(await migrateCopy(url.href)).toEqual({ applied: ['baseline'] });
    for (const file of ['functions/post_journals.sql', 'functions/audit_table.sql'])
      await folder.write(file, `-- Changed.\n${await folder.read(file)}`);
    const again = await migrateCopy(url.href);
    expect(again.applied).toEqual(['functions/audit_table.sql', 'functions/post_journals.sql']);
    expect((await verify(test.db)).ok).toBe(true);
  });
});

describe('migrate, on a database that has the baseline,', () => {
  useDatabase({ template: true });

  it('applies only the numbered files that the database lacks, in order', async () => {
    const added = await addTwo();

    expect(await migrateCopy()).toEqual({ applied: added });
    expect(await migrateCopy()).toEqual({ applied: [] });
  });

  it('keeps nothing of a numbered file that fails, and says why without quoting rows', async () => {
    const name = await folder.addMigration(
      'next',
      `CREATE TABLE half (id int PRIMARY KEY); INSERT INTO half VALUES (4711), (4711);`,
    );

    const refusal = await refusalOf(migrateCopy());

    expect(refusal).toMatch(
      /^migration\.failed: Migration \d{4}_next\.sql failed .*duplicate key.*23505/,
    );
    expect(refusal).not.toContain('4711');
    const [half] = await test.owner`SELECT to_regclass('half') AS found`;
    expect(half).toEqual({ found: null });
    const [found] = await test.owner`
      SELECT count(*)::int AS count FROM purser_migrations WHERE name = ${name}`;
    expect(found).toEqual({ count: 0 });
  });

  it('refuses a database of another baseline, and asks for a new one', async () => {
    const file = 'baseline/02_accounts.sql';
    await folder.write(file, `${await folder.read(file)}-- changed\n`);

    expect(await refusalOf(migrateCopy())).toMatch(
      /^migration\.other_baseline: .*migrate a new, empty database\.$/,
    );
  });

  it('refuses a numbered file that was changed after it was applied', async () => {
    const [first] = await addTwo();
    await migrateCopy();
    await folder.write(`migrations/${first}`, 'SELECT 1;');

    expect(await refusalOf(migrateCopy())).toContain(
      `migration.failed: Migration ${first} was changed`,
    );
  });

  it('ignores a change of line endings', async () => {
    const [first] = await addTwo();
    await migrateCopy();
    for (const file of [
      'baseline/03_lines.sql',
      'functions/check_lines.sql',
      `migrations/${first}`,
    ])
      await folder.write(file, (await folder.read(file)).replaceAll('\n', '\r\n'));

    expect(await migrateCopy()).toEqual({ applied: [] });
  });

  it('refuses a numbered file that was skipped when a later one was applied', async () => {
    const [first] = await addTwo();
    await migrateCopy();
    await test.owner`DELETE FROM purser_migrations WHERE name = ${first}`;

    expect(await refusalOf(migrateCopy())).toContain(`Migration ${first} was never applied`);
  });

  it('refuses a numbered file that was applied and is gone', async () => {
    const [, second] = await addTwo();
    await migrateCopy();
    await test.owner`UPDATE purser_migrations SET name = '0002_a_lost_file.sql' WHERE name = ${second}`;

    expect(await refusalOf(migrateCopy())).toContain(
      '0002_a_lost_file.sql was applied, but its file is gone',
    );
  });

  it('refuses a database that a newer version has migrated', async () => {
    await test.owner`INSERT INTO purser_migrations (name, sha256) VALUES ('9999_future.sql', 'x')`;

    expect(await refusalOf(migrateCopy())).toContain(
      '9999_future.sql was applied by a newer version',
    );
  });

  it('waits for a hanging migrator only as long as its limit', async () => {
    const refusal = await test.owner.begin(async (tx) => {
      await tx`LOCK TABLE purser_migrations`;
      return refusalOf(migrate(test.ownerUrl, { lockTimeoutMs: 50 }));
    });

    expect(refusal).toContain('migration.failed: Another migrator kept the lock for too long');
  });
});

describe('migrate, before it reaches a database,', () => {
  it('refuses a baseline that leaves out a number', async () => {
    await folder.remove('baseline/02_accounts.sql');

    expect(await refusalOf(migrateCopy(UNREACHABLE))).toContain('number the files without gaps');
  });

  it('refuses numbered files that leave out a number', async () => {
    const [first] = await addTwo();
    await folder.remove(`migrations/${first}`);

    expect(await refusalOf(migrateCopy(UNREACHABLE))).toContain('number the files without gaps');
  });

  it('reports that the database is unavailable when no server listens', async () => {
    const refusal = await refusalOf(migrateCopy(UNREACHABLE));

    expect(refusal).toMatch(/^database\.unavailable: /);
    expect(refusal).not.toContain('secret');
  });

  it.each([
    [140_021, '14.21'],
    [90_624, '9.624'],
  ])('refuses server version %i', (version, printed) => {
    expect(() => requireServerVersion(version)).toThrow(
      `Purser needs PostgreSQL 15 or newer, found ${printed}`,
    );
    expect(() => requireServerVersion(150_000)).not.toThrow();
  });
});
