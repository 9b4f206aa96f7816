import type postgres from 'postgres';
import { CATALOGUE } from './catalogue.ts';

/** One rule of the database, as the catalogue of every version of PostgreSQL spells it. */
export interface ManifestEntry {
  readonly kind: string;
  readonly name: string;
  readonly facts: string;
}

/** A table whose changes are in the audit trail: the arguments of audit_table(). */
export interface AuditedTable {
  readonly table: string;
  readonly subject: string;
  readonly id: string;
  readonly columns: readonly string[];
  /** Those of the columns that the trail has as text, since readers of JSON would take them for floats. */
  readonly wholeNumbers: readonly string[];
  readonly inserts: boolean;
  /** Columns of which the trail has one salted hash. */
  readonly texts: readonly string[];
}

/** What a release's database consists of. `verify` compares a database with it. */
export interface Manifest {
  readonly audited: readonly AuditedTable[];
  readonly catalogue: readonly ManifestEntry[];
}

const CALL =
  /^SELECT audit_table\('(\w+)', '(\w+)', '(\w+)', '\{([\w,]*)\}', '([tf])', '\{([\w,]*)\}'\)$/;

/** Reads what a migrated database consists of, in the same order on every server. */
export async function readManifest(client: postgres.Sql): Promise<Manifest> {
  const catalogue = await client.unsafe<ManifestEntry[]>(
    `SELECT kind, name, facts FROM (${CATALOGUE}) entry ORDER BY kind COLLATE "C", name COLLATE "C"`,
  );
  const calls = await client<{ call: string }[]>`
    SELECT obj_description(oid, 'pg_proc') AS call FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND proname LIKE '%\\_audited' ORDER BY proname COLLATE "C"`;
  const types = new Map(
    catalogue.flatMap(({ kind, name, facts }) => (kind === 'column' ? [[name, facts]] : [])),
  );
  return {
    audited: calls.map(({ call }) => {
      const [, table = '', subject = '', id = '', columns = '', inserts = '', texts = ''] =
        CALL.exec(call) ?? [];
      const names = columns.split(',');
      return {
        table,
        subject,
        id,
        columns: names,
        wholeNumbers: names.filter((name) => types.get(`${table}.${name}`)?.startsWith('bigint')),
        inserts: inserts === 't',
        texts: texts === '' ? [] : texts.split(','),
      };
    }),
    catalogue: catalogue.map(({ kind, name, facts }) => ({ kind, name, facts })),
  };
}
