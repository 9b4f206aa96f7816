import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/** A seal as the anchor stores it outside the database. */
export interface AuditSeal {
  readonly seq: bigint;
  /** Hexadecimal digits. */
  readonly hash: string;
}

/**
 * Seals about `limit` rows of each table as one batch, in the order of their transactions. It leaves rows that a running
 * transaction could still precede. `sealed` counts the rows of all tables; `head` is the last seal of the chain, and its
 * `seq` is 0 while there is none.
 */
export async function sealEvents(
  executor: Executor,
  limit: number,
): Promise<{ readonly sealed: number; readonly head: AuditSeal }> {
  const rows = await executor.execute<{ sealed: number; head_seq: string; head_hash: string }>(sql`
    select sealed, head_seq::text, head_hash from seal_audit(${limit})`);
  const row = rows[0];
  if (row === undefined) return { sealed: 0, head: { seq: 0n, hash: '' } };
  return { sealed: row.sealed, head: { seq: BigInt(row.head_seq), hash: row.head_hash } };
}

/** True if the chain has exactly this seal. */
export async function hasSeal(executor: Executor, seal: AuditSeal): Promise<boolean> {
  const rows = await executor.execute(sql`
    select 1 from audit_seals where seq = ${seal.seq.toString()}::bigint and hash = decode(${seal.hash}, 'hex')`);
  return rows.length === 1;
}

/** The last seal before a moment, or the seal of a number; null if the chain has none. */
export async function findSealSeq(
  executor: Executor,
  asked: { readonly before: Date } | { readonly seq: bigint },
): Promise<bigint | null> {
  const rows = await executor.execute<{ seq: string | null }>(
    'seq' in asked
      ? sql`select seq::text from audit_seals where seq = ${asked.seq.toString()}::bigint`
      : sql`select max(seq)::text as seq from audit_seals where sealed_at < ${asked.before.toISOString()}::timestamptz`,
  );
  const seq = rows[0]?.seq ?? null;
  return seq === null ? null : BigInt(seq);
}
