import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { verify } from '../../db/queries/verify/verify.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';
import { copySchemaFolder, type SchemaFolder } from '../support/schema-folder.ts';

let test: TestDatabase;
let folder: SchemaFolder;

/** A migrated database, and a copy of the schema's files. */
beforeEach(async () => {
  test = await createTestDatabase();
  folder = await copySchemaFolder();
});
afterEach(async () => {
  await test.close();
  await folder.dispose();
});

const migrateCopy = () => migrate(test.ownerUrl, { folder: folder.url });

async function replace(file: string, from: string, to: string): Promise<void> {
  const text = await folder.read(file);
  expect(text).toContain(from);
  await folder.write(file, text.replaceAll(from, to));
}

/** `verify` compares with its own release, which these functions are not of. */
async function brokenChecks(): Promise<readonly string[]> {
  return (await verify(test.db)).checks.flatMap(({ id, ok }) => (ok ? [] : [id]));
}

/** The text of a function in the database. */
async function sourceOf(name: string): Promise<string> {
  const [row] = await test.owner<{ source: string }[]>`
    SELECT prosrc AS source FROM pg_proc WHERE proname = ${name}`;
  return row?.source ?? '';
}

const SEAL = 'functions/seal_audit.sql';
const OTHER_SIGNATURE = ['seal_audit(p_limit integer)', 'seal_audit(p_limit bigint)'] as const;

describe('migrate, on the files of functions,', () => {
  it('applies exactly the files whose text changed', async () => {
    await replace('functions/refuse_change.sql', 'append-only', 'written once');

    expect(await migrateCopy()).toEqual({ applied: ['functions/refuse_change.sql'] });
    expect(await sourceOf('refuse_change')).toContain('written once');
    expect(await migrateCopy()).toEqual({ applied: [] });
    expect(await brokenChecks()).toEqual(['I18 code']);
  });

  it('keeps owner and grants when it applies a file again', async () => {
    await replace(
      'functions/post_journals.sql',
      '-- Writes the journals',
      '-- Stores the journals',
    );
    await migrateCopy();

    const report = await verify(test.db);
    expect(report.checks.find(({ id }) => id === 'I18 functions')).toMatchObject({ ok: true });
  });

  it('makes the audit functions again when the text of audit_table changed', async () => {
    await replace('functions/audit_table.sql', '.removed', '.deleted');
    await migrateCopy();

    expect(await sourceOf('wallets_audited')).toContain('wallet.deleted');
    expect(await sourceOf('return_export_items_audited')).toContain('decision.deleted');
    expect(await brokenChecks()).toEqual(['I18 code']);
  });

  it('makes a new function before the numbered file whose trigger names it', async () => {
    await folder.write(
      'functions/stamp.sql',
      `CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`,
    );
    const migration = await folder.addMigration(
      'stamps',
      `CREATE TABLE stamps (id int);
       CREATE TRIGGER stamps_stamped BEFORE INSERT ON stamps FOR EACH ROW EXECUTE FUNCTION stamp();`,
    );

    expect(await migrateCopy()).toEqual({ applied: [migration, 'functions/stamp.sql'] });
  });

  it('makes a function that reads what the last numbered file adds', async () => {
    await folder.write(
      'functions/newest_stamp.sql',
      `CREATE OR REPLACE FUNCTION newest_stamp() RETURNS int LANGUAGE sql AS $$ SELECT max(id) FROM stamps $$;`,
    );
    await folder.addMigration('stamps', 'CREATE TABLE stamps (id int);');
    await migrateCopy();

    expect(await test.owner`SELECT newest_stamp() AS newest`).toEqual([{ newest: null }]);
  });

  it('undoes the last numbered file when a function fails', async () => {
    await folder.addMigration('stamps', 'CREATE TABLE stamps (id int);');
    await replace('functions/refuse_change.sql', 'BEGIN', 'BEGIN IF');

    expect(await refusalOf(migrateCopy())).toMatch(
      /^migration\.failed: Migration functions\/refuse_change\.sql failed and left no trace: /,
    );
    const [found] = await test.owner`SELECT to_regclass('stamps') AS stamps`;
    expect(found).toEqual({ stamps: null });
  });

  it.each([
    ['other parameters', ...OTHER_SIGNATURE],
    ['other names of parameters', 'p_limit', 'p_most'],
    ['another return type', 'sealed integer', 'sealed bigint'],
  ])('refuses %s while the database has the old function', async (_, from, to) => {
    await replace(SEAL, from, to);

    expect(await refusalOf(migrateCopy())).toMatch(
      /^migration\.failed: Migration functions\/seal_audit\.sql has another signature .*drop that one in a numbered file/,
    );
  });

  it('refuses other parameters even where nothing else names the function', async () => {
    const file = 'functions/audit_table.sql';
    await replace(file, 'p_inserts boolean DEFAULT true', 'p_inserts int DEFAULT 1');
    await replace(file, 'REVOKE EXECUTE ON FUNCTION audit_table FROM PUBLIC;', '');

    expect(await refusalOf(migrateCopy())).toContain(
      'functions/audit_table.sql has another signature',
    );
  });

  it('applies other parameters with the numbered file that drops the old function', async () => {
    await replace(SEAL, ...OTHER_SIGNATURE);
    const migration = await folder.addMigration(
      'seals',
      'DROP FUNCTION IF EXISTS seal_audit(integer);',
    );

    expect(await migrateCopy()).toEqual({ applied: [migration, SEAL] });
    expect(await brokenChecks()).toEqual(['I18 code']);
  });

  it('refuses a function without a file until a numbered file drops it', async () => {
    const file = 'functions/give_payer_details.sql';
    await folder.remove(file);
    expect(await refusalOf(migrateCopy())).toContain(`${file} was applied, but its file is gone`);

    const migration = await folder.addMigration('drop', 'DROP FUNCTION give_payer_details;');
    expect(await migrateCopy()).toEqual({ applied: [migration] });
    expect(await migrateCopy()).toEqual({ applied: [] });
  });

  it('refuses a function in a file of another name', async () => {
    const text = await folder.read(SEAL);
    await folder.write('functions/seal.sql', text);

    expect(await refusalOf(migrateCopy())).toContain(
      'functions/seal.sql makes no function of its name',
    );
  });
});
