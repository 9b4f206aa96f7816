import { eq, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { decisions, type DecisionKind } from '../schema/reviews.ts';

export type Decision = typeof decisions.$inferSelect;

/** Stores a person's word on a review; names its columns, since the application role may write no others. */
export async function insertDecision(
  tx: Transaction,
  decision: {
    readonly id: string;
    readonly depositId: string;
    readonly kind: DecisionKind;
    readonly walletId: string | null;
    readonly reason: string;
    readonly decidedBy: string;
  },
): Promise<void> {
  await tx.execute(sql`
    insert into decisions (id, deposit_id, kind, wallet_id, reason, decided_by)
    values (${decision.id}, ${decision.depositId}, ${decision.kind}, ${decision.walletId}, ${decision.reason}, ${decision.decidedBy})`);
}

export async function findDecision(executor: Executor, id: string): Promise<Decision | null> {
  const rows = await executor.select().from(decisions).where(eq(decisions.id, id)).limit(1);
  return rows[0] ?? null;
}
