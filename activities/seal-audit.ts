import { heartbeat, log } from '@temporalio/activity';
import { hasSeal, sealEvents, type AuditSeal } from '../db/queries/audit-seals.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Rows of one table in a batch, about. */
const BATCH_SIZE = 5_000;
/** The next sweep seals the remaining rows. */
const BATCHES_MAX = 50;

type SealDependencies = Pick<ActivityDependencies, 'database' | 'auditAnchor'>;

/** Seals the new rows of the trail and the ledger, and writes the head of the chain to its anchor. */
export async function sealAudit(
  dependencies: SealDependencies,
): Promise<{ readonly sealed: number }> {
  let sealed = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const done = await sealEvents(dependencies.database, BATCH_SIZE);
    sealed += done.sealed;
    heartbeat(sealed);
    if (done.sealed >= BATCH_SIZE) continue;
    await anchorIfPossible(dependencies, done.head);
    break;
  }
  return { sealed };
}

async function anchorHead(
  { database, auditAnchor }: SealDependencies,
  head: AuditSeal,
): Promise<void> {
  if (auditAnchor === null || head.seq === 0n) return;
  const last = await auditAnchor.last();
  if (last !== null && !(await hasSeal(database, last))) {
    // The file stays as it is: it is the proof.
    log.error('audit chain lacks a seal that its anchor has', { seq: last.seq.toString() });
    return;
  }
  if (last === null || last.seq < head.seq) await auditAnchor.append(head);
}

/** A full or missing disk is logged and stops nothing: the rows are sealed, and the next call writes the head again. */
async function anchorIfPossible(dependencies: SealDependencies, head: AuditSeal): Promise<void> {
  try {
    await anchorHead(dependencies, head);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    log.error('audit anchor was not written', { code: String(code) });
  }
}
