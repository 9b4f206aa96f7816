import { sql } from 'drizzle-orm';
import type { Executor } from '../../client.ts';
import { param } from '../../param.ts';
import type { AuditSeal } from '../audit-seals.ts';
import type { VerifyCheck } from './verify.ts';

/**
 * Compares the chain with heads that were stored outside the database: an attacker who rewrites the chain as a whole,
 * or cuts it with its seals, cannot rewrite those. An unreadable line is null and counts as broken.
 */
export async function checkAnchor(
  executor: Executor,
  lines: readonly (AuditSeal | null)[],
): Promise<VerifyCheck> {
  return {
    id: 'I19 anchor',
    title: 'The audit chain has every head that was written down outside the database.',
    checked: lines.length,
    ...judge(lines, await findFirstLost(executor, lines)),
  };
}

function judge(
  lines: readonly (AuditSeal | null)[],
  lost: { readonly seq: string; readonly fault: string } | null,
): Pick<VerifyCheck, 'ok' | 'firstBroken'> {
  if (lost !== null) return { ok: false, firstBroken: lost };
  const unreadable = lines.indexOf(null);
  if (unreadable === -1) return { ok: true, firstBroken: null };
  return {
    ok: false,
    firstBroken: { line: String(unreadable + 1), fault: 'it cannot be read' },
  };
}

async function findFirstLost(
  executor: Executor,
  lines: readonly (AuditSeal | null)[],
): Promise<{ readonly seq: string; readonly fault: string } | null> {
  const seals = lines.filter((line) => line !== null);
  const rows = await executor.execute<{ seq: string; fault: string }>(sql`
    select a.seq::text, case when s.seq is null then 'the chain ends before it' else 'its hash is another one' end as fault
      from unnest(${param(seals.map(({ seq }) => seq.toString()))}::bigint[], ${param(seals.map(({ hash }) => hash))}::text[]) as a(seq, hash)
      left join audit_seals s on s.seq = a.seq
     where encode(s.hash, 'hex') is distinct from a.hash
     order by a.seq limit 1`);
  return rows[0] ?? null;
}
