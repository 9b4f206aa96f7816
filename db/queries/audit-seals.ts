import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

/** A seal as it is written down outside the database. */
export interface AuditSeal {
  readonly seq: bigint;
  /** Hexadecimal digits. */
  readonly hash: string;
}

/**
 * Seals audit rows in the order of their transactions, at most `limit` of them, leaving those that a transaction which
 * still runs could come before. `head` is the last seal of the chain; its `seq` is 0 while there is none.
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

/** Whether the chain has this very seal. */
export async function hasSeal(executor: Executor, seal: AuditSeal): Promise<boolean> {
  const rows = await executor.execute(sql`
    select 1 from audit_seals where seq = ${seal.seq.toString()}::bigint and hash = decode(${seal.hash}, 'hex')`);
  return rows.length === 1;
}
