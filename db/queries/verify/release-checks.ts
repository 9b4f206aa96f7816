import { sql, type SQL } from 'drizzle-orm';
import { CATALOGUE } from '../../catalogue.ts';
import type { Check } from './check.ts';
import { RELEASE } from './release.ts';

/** The release's rules of these kinds beside those of the database. Other software may have its own in the same schema. */
function compared(kinds: readonly string[]): SQL {
  const release = RELEASE.catalogue.filter(({ kind }) => kinds.includes(kind));
  return sql`
    (SELECT kind, name, facts FROM jsonb_to_recordset(${JSON.stringify(release)}::jsonb) AS entry (kind text, name text, facts text)) r
    FULL JOIN (SELECT kind, name, facts FROM (${sql.raw(CATALOGUE)}) entry
                WHERE kind = ANY (${`{${kinds.map((kind) => `"${kind}"`).join(',')}}`}::text[])) f USING (kind, name)`;
}

const FAULT = sql`CASE WHEN f.facts IS NULL THEN 'it is missing' WHEN r.facts IS NULL THEN 'the release has none' ELSE 'it was changed' END`;
const counted = (...kinds: readonly string[]) =>
  sql`SELECT ${RELEASE.catalogue.filter(({ kind }) => kinds.includes(kind)).length}::int AS checked`;
const OUR_TABLES = `{${RELEASE.catalogue.flatMap(({ kind, name }) => (kind === 'table' ? [name] : [])).join(',')}}`;
const isOnOurTable = sql`split_part(split_part(name, ' ', 1), '.', 1) = ANY (${OUR_TABLES}::text[])`;
const isNoExtension = sql`NOT EXISTS (
  SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`;

/** The catalogue beside the release's: a rule that was changed guards nothing, whatever the rows look like today. */
export const RELEASE_CHECKS: readonly Check[] = [
  {
    id: 'I17 rules',
    title:
      'Each table, column, constraint and trigger is the release’s, and nothing else fires on its tables.',
    checked: counted('table', 'column', 'constraint', 'unique index', 'trigger'),
    broken: sql`
      SELECT name AS "rule", kind, ${FAULT} AS fault
        FROM ${compared(['table', 'column', 'constraint', 'unique index', 'trigger', 'rule', 'policy'])}
       WHERE r.facts IS DISTINCT FROM f.facts
         AND (r.facts IS NOT NULL OR kind IN ('trigger', 'rule', 'policy') AND ${isOnOurTable})`,
  },
  {
    id: 'I18 code',
    title:
      'Each function is the release’s, word for word, and no other one lets the application write as the ledger.',
    checked: counted('function'),
    broken: sql`
      SELECT name AS "function", ${FAULT} AS fault
        FROM ${compared(['function'])} WHERE r.facts IS NOT NULL AND r.facts IS DISTINCT FROM f.facts
      UNION ALL
      SELECT format('%s.%s(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)), 'the release has none'
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles o ON o.oid = p.proowner
       WHERE p.oid >= 16384 AND ${isNoExtension}
         AND format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)) <> ALL (
           SELECT name FROM jsonb_to_recordset(${JSON.stringify(RELEASE.catalogue.filter(({ kind }) => kind === 'function'))}::jsonb) AS entry (name text)
            WHERE n.nspname = 'public')
         AND CASE WHEN n.nspname = 'public'
               THEN p.prosecdef OR o.rolname IN ('purser_ledger', 'purser_app')
                    OR p.proname = ANY (${`{${[...new Set(RELEASE.catalogue.flatMap(({ kind, name }) => (kind === 'function' ? [name.split('(')[0] ?? ''] : [])))].join(',')}}`}::text[])
               ELSE p.prosecdef AND (o.rolsuper OR pg_has_role(p.proowner, 'purser_ledger', 'USAGE'))
                    AND has_function_privilege('purser_app', p.oid, 'EXECUTE')
                    AND has_schema_privilege('purser_app', n.oid, 'USAGE') END`,
  },
  {
    id: 'I18 rights',
    title: 'Nobody may write to a table of the ledger beyond what the release gives.',
    checked: counted('right'),
    broken: sql`
      SELECT name AS "right", f.facts AS found, ${FAULT} AS fault
        FROM ${compared(['right'])} WHERE r.facts IS DISTINCT FROM f.facts AND ${isOnOurTable}
      UNION ALL
      SELECT pg_get_userbyid(m.member)::text, pg_get_userbyid(m.roleid)::text, 'the role belongs to another one'
        FROM pg_auth_members m WHERE pg_get_userbyid(m.member) IN ('purser_app', 'purser_ledger')`,
  },
];
