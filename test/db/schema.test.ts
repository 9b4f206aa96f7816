import { readFile } from 'node:fs/promises';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as alerts from '../../db/schema/alerts.ts';
import * as apiKeys from '../../db/schema/api-keys.ts';
import * as audit from '../../db/schema/audit.ts';
import * as bankAccounts from '../../db/schema/bank-accounts.ts';
import * as decisions from '../../db/schema/decisions.ts';
import * as claims from '../../db/schema/claims.ts';
import * as deposits from '../../db/schema/deposits.ts';
import * as gates from '../../db/schema/gates.ts';
import * as intake from '../../db/schema/intake.ts';
import * as ledger from '../../db/schema/ledger.ts';
import * as lines from '../../db/schema/lines.ts';
import * as notifications from '../../db/schema/notifications.ts';
import * as reviews from '../../db/schema/reviews.ts';
import * as runs from '../../db/schema/runs.ts';
import * as wallets from '../../db/schema/wallets.ts';
import { readManifest } from '../../db/manifest.ts';
import { SEALED_TABLES } from '../../db/queries/verify/sealed-tables.ts';
import { RELEASE } from '../../db/queries/verify/release.ts';
import { readSchemaText } from '../../db/schema-text.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const TABLES = [
  alerts,
  apiKeys,
  audit,
  bankAccounts,
  claims,
  decisions,
  deposits,
  gates,
  intake,
  ledger,
  lines,
  notifications,
  reviews,
  runs,
  wallets,
]
  .flatMap((module): unknown[] => Object.values(module))
  .filter((value): value is PgTable => is(value, PgTable));

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await test.close();
});

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly required: boolean;
  readonly hasDefault: boolean;
}

const byName = (a: Column, b: Column) =>
  `${a.table}.${a.column}` < `${b.table}.${b.column}` ? -1 : 1;

describe('the schema', () => {
  it('equals db/schema.sql as `purser migrate` leaves it', async () => {
    const written = await readFile(new URL('../../db/schema.sql', import.meta.url), 'utf8');
    const found = await readSchemaText(test.owner);
    expect(written, 'run `npm run db:schema`').toBe(found);
  });

  it('consists of exactly the rules of db/schema-manifest.json', async () => {
    expect(RELEASE, 'run `npm run db:schema`').toEqual(await readManifest(test.owner));
  });

  it('matches the columns of the queries, with type, nullability and default', async () => {
    const known = TABLES.flatMap((table) =>
      Object.values(getTableColumns(table)).map((column) => ({
        table: getTableName(table),
        column: column.name,
        type: column.getSQLType(),
        required: column.notNull,
        hasDefault: column.hasDefault || column.generatedIdentity !== undefined,
      })),
    );
    const stored = await test.owner<Column[]>`
      SELECT c.relname AS table, a.attname AS column,
             format_type(a.atttypid, a.atttypmod) AS type,
             a.attnotnull AS required, a.atthasdef OR a.attidentity <> '' AS "hasDefault"
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'purser_migrations'`;
    expect([...known].sort(byName)).toEqual([...stored].sort(byName));
  });

  it('seals by seal_audit() what verify hashes', async () => {
    const [row] = await test.owner<{ source: string }[]>`
      SELECT prosrc AS source FROM pg_proc WHERE proname = 'seal_audit'`;
    const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
    const source = oneLine(row?.source ?? '').replaceAll("''", "'");
    const missing = SEALED_TABLES.filter(
      ({ name, facts, texts }) =>
        !source.includes(`('${name}', '${oneLine(facts)}'`) || !source.includes(texts.join(', ')),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(source.match(/\('\w+', 't\./g)).toHaveLength(SEALED_TABLES.length);
  });

  it('explains every table, column and sequence', async () => {
    const unexplained = await test.owner`
      SELECT c.relname AS name, a.attname AS column
        FROM pg_class c
        LEFT JOIN (SELECT attrelid, attname, attnum FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped
                   UNION ALL SELECT oid, NULL, 0 FROM pg_class) a ON a.attrelid = c.oid AND (c.relkind <> 'S' OR a.attnum = 0)
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')
         AND NOT (c.relkind = 'S' AND EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i'))
         AND coalesce(CASE a.attnum WHEN 0 THEN obj_description(c.oid, 'pg_class') ELSE col_description(c.oid, a.attnum) END, '') = ''
       ORDER BY 1, 2`;
    expect([...unexplained]).toEqual([]);
  });
});
