import { sql, type SQL } from 'drizzle-orm';
import type { Transaction } from '../../client.ts';
import { arrayText } from '../../param.ts';

/**
 * What a check must see of a ledger to judge what came after a seal: whole deposits that moved, with all their journals,
 * or whole wallets.
 */
export type Scope = 'deposits' | 'wallets';

/** The rows of the scopes after a seal; ids are bigints as texts. */
export interface Part {
  readonly seal: bigint;
  readonly deposits: {
    readonly ids: readonly string[];
    readonly lineIds: readonly string[];
    readonly journalIds: readonly string[];
  };
  readonly wallets: { readonly ids: readonly string[]; readonly journalIds: readonly string[] };
}

/** The first row of a table that is in a later batch, or in none yet. */
const firstAfter = (table: string, seal: bigint) => sql`
  SELECT coalesce((SELECT min(lower((contents -> ${sql.raw(`'${table}'`)} ->> 'ids')::int8multirange)) FROM audit_seals
                    WHERE seq > ${seal.toString()}::bigint AND contents ? ${sql.raw(`'${table}'`)}),
                  (SELECT (tops ->> ${sql.raw(`'${table}'`)})::bigint + 1 FROM audit_seals WHERE seq = ${seal.toString()}::bigint), 1)`;

/** Looks up once what each check of a run since `seal` needs: each would read whole tables for it. */
export async function readPart(transaction: Transaction, seal: bigint): Promise<Part> {
  const isNew = sql`j.id >= (${firstAfter('journals', seal)})`;
  const [deposits] = await transaction.execute<{
    ids: string[];
    lineIds: string[];
    journalIds: string[];
  }>(sql`
    WITH moved AS MATERIALIZED (SELECT DISTINCT j.deposit_id AS id FROM journals j WHERE ${isNew} AND j.deposit_id IS NOT NULL),
      found AS MATERIALIZED (
        SELECT j.id, j.line_id, j.kind FROM journals j WHERE ${isNew} OR j.deposit_id IN (SELECT id FROM moved)),
      seen AS MATERIALIZED (
        SELECT line_id AS id FROM found WHERE kind = 'capture'
        UNION
        SELECT l.id FROM lines l
         WHERE l.id >= (${firstAfter('lines', seal)})
           AND NOT EXISTS (SELECT 1 FROM journals c WHERE c.kind = 'capture' AND c.line_id = l.id))
    SELECT ARRAY(SELECT id::text FROM seen) AS "lineIds", ARRAY(SELECT id::text FROM found) AS "journalIds",
           ARRAY(SELECT id FROM moved UNION SELECT d.id FROM deposits d WHERE d.line_id IN (SELECT id FROM seen)) AS ids`);
  const [wallets] = await transaction.execute<{ ids: string[]; journalIds: string[] }>(sql`
    WITH moved AS MATERIALIZED (SELECT DISTINCT j.wallet_id AS id FROM journals j WHERE ${isNew} AND j.wallet_id IS NOT NULL)
    SELECT ARRAY(SELECT id FROM moved) AS ids,
           ARRAY(SELECT j.id::text FROM journals j WHERE j.wallet_id IN (SELECT id FROM moved)) AS "journalIds"`);
  return {
    seal,
    deposits: deposits ?? { ids: [], lineIds: [], journalIds: [] },
    wallets: wallets ?? { ids: [], journalIds: [] },
  };
}

/** `column` is one of `ids`, which the planner sees as values: few are looked up by index, many are hashed. */
const among = (column: string, ids: readonly string[], type: 'bigint' | 'text') =>
  sql`${sql.raw(column)} = ANY (${arrayText(ids)}::${sql.raw(type)}[])`;

/**
 * The tables that a check names, each reduced to its part of the scope: names of a WITH list come before those of
 * tables, so that the check itself stays as it is.
 */
export function shadowed(scope: Scope, { deposits, wallets }: Part): SQL {
  const { journalIds } = scope === 'wallets' ? wallets : deposits;
  const moves = sql`
    journals AS MATERIALIZED (SELECT j.*, j.xmin FROM public.journals j WHERE ${among('j.id', journalIds, 'bigint')}),
    postings AS MATERIALIZED (SELECT p.*, p.xmin FROM public.postings p WHERE ${among('p.journal_id', journalIds, 'bigint')})`;
  if (scope === 'wallets')
    return sql`
      ${moves}, wallets AS (SELECT w.* FROM public.wallets w WHERE ${among('w.id', wallets.ids, 'text')})`;
  return sql`
    ${moves},
    lines AS MATERIALIZED (SELECT l.* FROM public.lines l WHERE ${among('l.id', deposits.lineIds, 'bigint')}),
    deposits AS MATERIALIZED (SELECT d.* FROM public.deposits d WHERE ${among('d.id', deposits.ids, 'text')}),
    notifications AS (SELECT n.* FROM public.notifications n WHERE ${among('n.journal_id', journalIds, 'bigint')})`;
}
