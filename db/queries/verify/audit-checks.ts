import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';
import { changedBatches, SEALED_TABLES, type SealedTable } from './sealed-tables.ts';

const all = (part: (table: SealedTable) => ReturnType<typeof sql>) =>
  sql.join(SEALED_TABLES.map(part), sql` UNION ALL `);

/** Rows that are in no batch: each came past the sealer, or the sealer stands still. */
function unsealed({ name, at }: SealedTable) {
  return sql.raw(`
    SELECT '${name}' AS "table", t.id AS "row", ${at} AS "writtenAt" FROM ${name} t
     WHERE (${at} NOT BETWEEN now() - interval '1 hour' AND now() + interval '1 hour')
       AND (t.id <@ (SELECT range_agg((s.contents -> '${name}' ->> 'ids')::int8multirange) FROM audit_seals s WHERE s.contents ? '${name}')) IS NOT TRUE`);
}

/** The batches after a seal, compared with their rows. */
function batchesAfter(seal: bigint) {
  return {
    checked: sql`
      SELECT coalesce(sum((part.value ->> 'rows')::bigint), 0) AS checked
        FROM audit_seals s, jsonb_each(s.contents) part WHERE s.seq > ${seal.toString()}::bigint`,
    broken: sql`SELECT changed.* FROM (${all((table) => changedBatches(table, seal))}) changed ORDER BY seq LIMIT 1`,
  };
}

/** The chain: no row was changed, removed, left out or added later. */
export const AUDIT_CHECKS: readonly Check[] = [
  {
    id: 'I19',
    title: 'Each seal follows the one before it, and states what it hashes.',
    checked: sql`SELECT count(*) AS checked FROM audit_seals`,
    broken: sql`
      SELECT seq, fault
        FROM (SELECT s.seq,
                     CASE WHEN s.seq <> lag(s.seq, 1, 0::bigint) OVER chain + 1 THEN 'a seal is missing before it'
                          WHEN s.prev <> lag(s.hash, 1, decode(repeat('00', 32), 'hex')) OVER chain THEN 'it does not follow the seal before it'
                          WHEN s.hash <> sha256(s.prev || convert_to(s.seq::text || ' ' || s.contents::text, 'UTF8')) THEN 'its hash is not that of its contents'
                          WHEN s.event_ids::text <> coalesce(s.contents -> 'audit_events' ->> 'ids', '{}') THEN 'it names other events'
                     END AS fault
                FROM audit_seals s
              WINDOW chain AS (ORDER BY s.seq)) seals
       WHERE fault IS NOT NULL`,
  },
  {
    id: 'I19 rows',
    title: 'Each row of the trail, the ledger and the banks is as it was sealed.',
    ...batchesAfter(0n),
    since: batchesAfter,
  },
  {
    id: 'I19 sealed',
    title: 'No row of the trail, the ledger and the banks waits for its seal for over an hour.',
    checked: sql`SELECT ${sql.raw(SEALED_TABLES.map(({ name }) => `(SELECT count(*) FROM ${name})`).join(' + '))} AS checked`,
    broken: all(unsealed),
  },
];
