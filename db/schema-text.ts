import type postgres from 'postgres';

const HEAD = `-- The schema as \`purser migrate\` leaves it, read from Postgres' own catalogue. Written by \`npm run db:schema\`, and
-- a test compares the two, so that a review shows what a change does. To read the schema, read db/baseline/ and
-- db/functions/ instead; this file is never run.
`;

/** The database's tables, rules and rights as one text, in the same order on every server. */
export async function readSchemaText(client: postgres.Sql): Promise<string> {
  const tables = await client<{ name: string; owner: string; columns: string }[]>`
    SELECT c.relname AS name, CASE pg_get_userbyid(c.relowner) WHEN 'purser_ledger' THEN 'purser_ledger' ELSE 'the migrating login' END AS owner,
           string_agg(
             '  ' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
               || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
               || CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END
               || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), ''), E',\n' ORDER BY a.attnum) AS columns
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
     GROUP BY c.relname, c.relowner ORDER BY c.relname COLLATE "C"`;
  const comments = await client<{ name: string; line: string }[]>`
    SELECT c.relname AS name, format('COMMENT ON %s IS %L', CASE d.objsubid
             WHEN 0 THEN CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || quote_ident(c.relname)
             ELSE format('COLUMN %I.%I', c.relname, a.attname) END, d.description) AS line
      FROM pg_description d JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND c.oid = d.objoid
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid
     WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname COLLATE "C", d.objsubid`;
  const perTable = await client<{ name: string; line: string }[]>`
    SELECT name, line FROM (
      SELECT c.relname AS name, 1 AS part, k.conname::text AS item,
             'ALTER TABLE ' || c.relname || ' ADD CONSTRAINT ' || k.conname || ' ' || pg_get_constraintdef(k.oid) AS line
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
       WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 'n'
      UNION ALL
      SELECT c.relname, 2, i.relname, pg_get_indexdef(x.indexrelid)
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
       WHERE c.relnamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
      UNION ALL
      SELECT c.relname, 3, t.tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
      UNION ALL
      SELECT c.relname, 4, a.grantee::regrole::text,
             'GRANT ' || string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) || ' ON ' || c.relname || ' TO ' || a.grantee::regrole
        FROM pg_class c, aclexplode(c.relacl) a
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee <> c.relowner
       GROUP BY c.relname, a.grantee
      UNION ALL
      SELECT c.relname, 5, a.privilege_type,
             'GRANT ' || a.privilege_type || ' (' || string_agg(t.attname, ', ' ORDER BY t.attnum) || ') ON ' || c.relname || ' TO ' || a.grantee::regrole
        FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
       WHERE c.relnamespace = 'public'::regnamespace AND NOT t.attisdropped
       GROUP BY c.relname, a.privilege_type, a.grantee) lines
     ORDER BY name COLLATE "C", part, item COLLATE "C"`;
  const sequences = await client<{ name: string; line: string }[]>`
    SELECT s.sequencename AS name, format('CREATE SEQUENCE %I MINVALUE %s MAXVALUE %s', s.sequencename, s.min_value, s.max_value)
             || coalesce(E';\nGRANT ' || (
                  SELECT string_agg(a.privilege_type || ' ON SEQUENCE ' || s.sequencename || ' TO ' || a.grantee::regrole, ', ')
                    FROM pg_class c, aclexplode(c.relacl) a
                   WHERE c.oid = format('public.%I', s.sequencename)::regclass AND a.grantee <> c.relowner), '') AS line
      FROM pg_sequences s
     WHERE s.schemaname = 'public'
       AND NOT EXISTS (SELECT 1 FROM pg_depend d
                        WHERE d.objid = format('public.%I', s.sequencename)::regclass AND d.deptype = 'i')
     ORDER BY s.sequencename COLLATE "C"`;
  const functions = await client<{ line: string }[]>`
    SELECT btrim(pg_get_functiondef(p.oid), E' \n') || E';\n-- owned by '
             || CASE pg_get_userbyid(p.proowner) WHEN 'purser_ledger' THEN 'purser_ledger' ELSE 'the migrating login' END
             || ', may be run by ' || CASE WHEN p.proacl IS NULL THEN 'PUBLIC' ELSE coalesce((
                  SELECT string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, ', ' ORDER BY a.grantee)
                    FROM aclexplode(p.proacl) a WHERE a.grantee <> p.proowner), 'nobody else') END AS line
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY p.proname COLLATE "C"`;

  const linesOf = (rows: readonly { readonly name: string; readonly line: string }[], of: string) =>
    rows.flatMap(({ name, line }) => (name === of ? [`${line};\n`] : [])).join('');
  const tableTexts = tables.map(
    ({ name, owner, columns }) =>
      `-- owned by ${owner}\nCREATE TABLE ${name} (\n${columns}\n);\n${linesOf(comments, name)}${linesOf(perTable, name)}`,
  );
  return [
    HEAD,
    ...sequences.map(({ name, line }) => `${line};\n${linesOf(comments, name)}`),
    ...tableTexts,
    ...functions.map((row) => `${row.line}\n`),
  ].join('\n');
}
