import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { readSchemaFiles } from '../../db/schema-files.ts';
import { readSchemaText } from '../../db/schema-text.ts';
import { createTestDatabase } from '../support/database.ts';
import { copySchemaFolder, type SchemaFolder } from '../support/schema-folder.ts';

const DB = new URL('../../db/', import.meta.url);

let released: SchemaFolder;
let next: SchemaFolder;

beforeEach(async () => {
  released = await copySchemaFolder();
  next = await copySchemaFolder();
});
afterEach(async () => {
  await released.dispose();
  await next.dispose();
});

/** The schema of an empty database that these versions migrated, one after the other. */
async function schemaAfter(versions: readonly SchemaFolder[]): Promise<string> {
  const test = await createTestDatabase({ template: false });
  try {
    for (const version of versions) await migrate(test.ownerUrl, { folder: version.url });
    return await readSchemaText(test.owner);
  } finally {
    await test.close();
  }
}

/** Another version as it may come: a table with a trigger and an audit trail, a new column, a function with other parameters. */
async function changeSchema(version: SchemaFolder): Promise<void> {
  await version.write(
    'functions/check_stamp.sql',
    `CREATE OR REPLACE FUNCTION check_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`,
  );
  await version.addMigration(
    'stamps',
    `CREATE TABLE stamps (id bigint PRIMARY KEY, wallet_id text REFERENCES wallets (id), note text);
     COMMENT ON TABLE stamps IS 'Stamps.';
     CREATE TRIGGER stamps_checked BEFORE INSERT ON stamps FOR EACH ROW EXECUTE FUNCTION check_stamp();
     SELECT audit_table('stamps', 'stamp', 'id', ARRAY['wallet_id']);
     ALTER TABLE stamps OWNER TO purser_ledger;`,
  );
  await version.addMigration(
    'seals',
    `ALTER TABLE audit_seals ADD COLUMN note text;
     DROP FUNCTION IF EXISTS seal_audit(integer);`,
  );
  for (const [file, from, to] of [
    ['functions/seal_audit.sql', 'p_limit integer', 'p_limit bigint'],
    ['functions/audit_table.sql', '.removed', '.deleted'],
    ['functions/check_lines.sql', 'has no origin journal', 'has no journal'],
  ] as const)
    await version.write(file, (await version.read(file)).replaceAll(from, to));
}

describe('an upgraded database', () => {
  it('gets the schema of db/schema.sql, from the baseline alone and with the numbered files after it', async () => {
    const files = await readSchemaFiles(released.url);
    for (const { name } of files.migrations) await released.remove(`migrations/${name}`);

    const upgraded = await schemaAfter([released, next]);
    expect(upgraded).toBe(readFileSync(new URL('schema.sql', DB), 'utf8'));
  });

  it('gets the schema of a new database, whatever the numbered files and functions change', async () => {
    await changeSchema(next);

    const upgraded = await schemaAfter([released, next]);
    expect(upgraded).toContain('stamp.deleted');
    expect(upgraded).toContain('wallet.deleted');
    expect(upgraded).toBe(await schemaAfter([next]));
  });
});
