import { sql, type SQL } from 'drizzle-orm';
import type { AuditedTable } from '../../manifest.ts';
import type { Check } from './check.ts';
import { RELEASE } from './release.ts';
import { SEALED_TABLES } from './sealed-tables.ts';

/** How rows begin whose making is not in the trail, since their line or their seal has it. */
const BEGINNINGS: Readonly<Record<string, { readonly image: string; readonly where: string }>> = {
  deposits: { image: '{"state": "captured", "wallet_id": null}', where: 'true' },
  // The others are sealed with their line.
  sightings: { image: '{"line_id": null, "evidence": null}', where: 't.held_reason IS NOT NULL' },
};

/** Row `t` as audit_table() writes it down. */
function imageOf({ columns, wholeNumbers, texts }: AuditedTable): string {
  const facts = columns.map(
    (name) => `'${name}', t."${name}"${wholeNumbers.includes(name) ? '::text' : ''}`,
  );
  if (texts.length > 0) {
    const row = texts.map((name) => `t."${name}"`).join(', ');
    facts.push(
      `'private', encode(coalesce(t.commitment, sha256(uuid_send(t.salt) || convert_to(ROW(${row})::text, 'UTF8'))), 'hex')`,
    );
  }
  return `jsonb_build_object(${facts.join(', ')})`;
}

/**
 * What the trail says of a table and what its rows are: each image that came counts 1, each that went and each that
 * stands counts -1, so that a true trail adds up to nothing. That needs no order, and also shows a change between two
 * that are written down.
 */
function unbalanced(audited: AuditedTable): SQL {
  const { table, subject, id, columns } = audited;
  const beginning = BEGINNINGS[table];
  const keys = `ARRAY['${columns.join(`', '`)}']`;
  const events = (image: 'before' | 'after', sign: 1 | -1) => `
    SELECT e.subject_id, e.${image}, ${sign} FROM audit_events e
     WHERE e.subject_kind = '${subject}' AND e.action IN ('${subject}.added', '${subject}.changed', '${subject}.removed') AND e.${image} ?& ${keys}`;
  const begun =
    beginning === undefined
      ? ''
      : `UNION ALL SELECT t."${id}"::text, '${beginning.image}'::jsonb, 1 FROM ${table} t WHERE ${beginning.where}`;
  return sql.raw(`
    SELECT '${table}' AS "table", id AS subject,
           CASE WHEN sum(n) < 0 THEN 'the row is not as the trail says' ELSE 'the trail says what no row is' END AS fault
      FROM (SELECT t."${id}"::text AS id, ${imageOf(audited)} AS image, -1 AS n FROM ${table} t WHERE ${beginning?.where ?? 'true'}
            UNION ALL ${events('after', 1)} UNION ALL ${events('before', -1)} ${begun}) images
     GROUP BY id, image HAVING sum(n) <> 0`);
}

/** Tables with texts that may be erased, and how they look then. */
const ERASABLE: readonly { readonly name: string; readonly erased: string; readonly id: string }[] =
  [
    ...SEALED_TABLES.flatMap(({ name, erased }) =>
      erased === null ? [] : [{ name, erased, id: 't.id' }],
    ),
    { name: 'spends', erased: 't.note IS NULL', id: 't.id' },
    { name: 'wallets', erased: 't.name IS NULL AND t.external_ref IS NULL', id: 't.id' },
    { name: 'api_keys', erased: 'false', id: 't.id' },
    { name: 'bank_accounts', erased: 'false', id: 't.key' },
  ];

const all = (parts: readonly SQL[]) => sql.join([...parts], sql` UNION ALL `);

/** The trail beside the rows that it is about. */
export const TRAIL_CHECKS: readonly Check[] = [
  {
    id: 'I19 complete',
    title:
      'Each fact that the trail states is so in its row, and each row of an audited table is in the trail.',
    checked: sql`SELECT count(*) AS checked FROM audit_events WHERE action <> 'audit.started'`,
    broken: all(RELEASE.audited.map(unbalanced)),
  },
  {
    id: 'I19 erased',
    title: 'Each row whose texts are gone is one whose erasure was written down.',
    checked: sql`SELECT ${sql.raw(ERASABLE.map(({ name }) => `(SELECT count(*) FROM ${name})`).join(' + '))} AS checked`,
    broken: all(
      ERASABLE.map(({ name, erased, id }) =>
        sql.raw(`
          SELECT '${name}' AS "table", ${id}::text AS "row" FROM ${name} t
           WHERE (t.salt IS NULL OR t.commitment IS NOT NULL)
             AND NOT (t.salt IS NULL AND t.commitment IS NOT NULL AND ${erased} AND EXISTS (
               SELECT 1 FROM audit_events e WHERE e.subject_kind = '${name.slice(0, -1)}' AND e.subject_id = ${id}::text
                  AND e.action = '${name.slice(0, -1)}.erased'))`),
      ),
    ),
  },
];
