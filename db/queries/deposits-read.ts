import { and, desc, eq, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import type { DepositState } from '../../domain/ledger/deposit.ts';
import { deposits } from '../schema/deposits.ts';
import { withinReach, type Reach } from './reach.ts';

export type Deposit = typeof deposits.$inferSelect;

/** A place in a list ordered by instant and id; the instant has microseconds, which `Date` would lose. */
export interface ListPlace {
  readonly at: string;
  readonly id: string;
}

/** Deposits, newest first, from just after `after` on. */
export async function listDeposits(
  executor: Executor,
  query: {
    readonly state: DepositState | null;
    readonly accountKey: string | null;
    readonly reach: Reach | null;
    readonly after: ListPlace | null;
    readonly limit: number;
  },
): Promise<readonly { readonly deposit: Deposit; readonly at: string }[]> {
  const { state, accountKey, reach, after, limit } = query;
  return executor
    .select({ deposit: deposits, at: sql<string>`${deposits.capturedAt}::text` })
    .from(deposits)
    .where(
      and(
        state === null ? undefined : eq(deposits.state, state),
        accountKey === null ? undefined : eq(deposits.bankAccountKey, accountKey),
        withinReach(reach, deposits.bankAccountKey),
        after === null
          ? undefined
          : sql`(${deposits.capturedAt}, ${deposits.id}) < (${after.at}::timestamptz, ${after.id})`,
      ),
    )
    .orderBy(desc(deposits.capturedAt), desc(deposits.id))
    .limit(limit);
}

export async function findDeposit(executor: Executor, id: string): Promise<Deposit | null> {
  const rows = await executor.select().from(deposits).where(eq(deposits.id, id)).limit(1);
  return rows[0] ?? null;
}
