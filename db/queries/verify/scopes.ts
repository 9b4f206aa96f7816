import { sql, type SQL } from 'drizzle-orm';

/**
 * What a check must see of a ledger to judge what came after a seal: whole deposits that moved, with all their journals,
 * or whole wallets.
 */
export type Scope = 'deposits' | 'wallets';

/** The first row of a table that is in a later batch, or in none yet. */
const firstAfter = (table: string, seal: bigint) => sql`
  SELECT coalesce((SELECT min(lower((contents -> ${sql.raw(`'${table}'`)} ->> 'ids')::int8multirange)) FROM audit_seals
                    WHERE seq > ${seal.toString()}::bigint AND contents ? ${sql.raw(`'${table}'`)}),
                  (SELECT (tops ->> ${sql.raw(`'${table}'`)})::bigint + 1 FROM audit_seals WHERE seq = ${seal.toString()}::bigint), 1)`;

/**
 * The tables that a check names, each reduced to its part of the scope: names of a WITH list come before those of
 * tables, so that the check itself stays as it is.
 */
export function shadowed(scope: Scope, seal: bigint): SQL {
  const isNew = sql`j.id >= (${firstAfter('journals', seal)})`;
  if (scope === 'wallets') {
    return sql`
      moved AS MATERIALIZED (SELECT DISTINCT j.wallet_id FROM public.journals j WHERE ${isNew} AND j.wallet_id IS NOT NULL),
      wallets AS (SELECT w.* FROM public.wallets w WHERE w.id IN (SELECT wallet_id FROM moved)),
      journals AS MATERIALIZED (SELECT j.*, j.xmin FROM public.journals j WHERE j.wallet_id IN (SELECT wallet_id FROM moved)),
      postings AS (SELECT p.*, p.xmin FROM public.postings p WHERE p.journal_id IN (SELECT id FROM journals))`;
  }
  return sql`
    moved AS MATERIALIZED (SELECT DISTINCT j.deposit_id FROM public.journals j WHERE ${isNew} AND j.deposit_id IS NOT NULL),
    journals AS MATERIALIZED (
      SELECT j.*, j.xmin FROM public.journals j WHERE ${isNew} OR j.deposit_id IN (SELECT deposit_id FROM moved)),
    postings AS MATERIALIZED (SELECT p.*, p.xmin FROM public.postings p WHERE p.journal_id IN (SELECT id FROM journals)),
    lines AS MATERIALIZED (
      SELECT l.* FROM public.lines l WHERE l.id IN (SELECT line_id FROM journals WHERE kind = 'capture')
      UNION ALL
      SELECT l.* FROM public.lines l
       WHERE l.id >= (${firstAfter('lines', seal)})
         AND NOT EXISTS (SELECT 1 FROM public.journals c WHERE c.kind = 'capture' AND c.line_id = l.id)),
    deposits AS MATERIALIZED (
      SELECT d.* FROM public.deposits d WHERE d.id IN (SELECT deposit_id FROM moved) OR d.line_id IN (SELECT id FROM lines)),
    notifications AS (SELECT n.* FROM public.notifications n WHERE n.journal_id IN (SELECT id FROM journals))`;
}
