import { sql } from 'drizzle-orm';
import { BUSINESS_TIME_ZONE } from '../../domain/local-date.ts';
import { LIMITED_KINDS, type Allocation, type AloneShare } from '../../domain/review/approval.ts';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';

/**
 * Makes the decisions of these people wait for each other until the transaction ends, so that two of them cannot pass
 * one limit together. prepare_decision() takes the same lock.
 */
export async function lockPeople(tx: Transaction, people: readonly string[]): Promise<void> {
  for (const person of [...new Set(people)].sort()) {
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`decisions of ${person}`}, 0))`,
    );
  }
}

/**
 * The sum of the credits and returns of this business day that a person took part in, approved or carried out, in minor
 * units of one currency. Deposits above `dailyLimitMinor` are not in it.
 */
export async function sumDecidedToday(
  tx: Transaction,
  query: {
    readonly person: string;
    readonly currency: string;
    readonly dailyLimitMinor: bigint;
  },
): Promise<bigint> {
  const { person, currency, dailyLimitMinor } = query;
  const rows = await tx.execute<{ total: string }>(sql`
    select coalesce(sum(amount_minor), 0)::text as total from decisions
     where (proposed_person = ${person} or approved_person = ${person})
       and state in ('approved', 'executed') and kind = any(${param(LIMITED_KINDS)}::text[])
       and currency = ${currency} and amount_minor <= ${dailyLimitMinor.toString()}::bigint
       and (coalesce(approved_at, proposed_at) at time zone ${BUSINESS_TIME_ZONE}::text)::date
         = (now() at time zone ${BUSINESS_TIME_ZONE}::text)::date`);
  return BigInt(rows[0]?.total ?? '0');
}

/** The parts of a credit with what a person decided alone for each customer within a week; that person is locked. */
export async function listAloneShares(
  tx: Transaction,
  person: string,
  parts: readonly Allocation[],
): Promise<readonly AloneShare[]> {
  const rows = await tx.execute<{ customer: string; amount: string; decided: string }>(sql`
    select customer_of(p.wallet_id) as customer, p.amount_minor::text as amount,
           decided_alone_minor(${person}, p.wallet_id)::text as decided
      from unnest(${param(parts.map((part) => part.walletId))}::text[],
                  ${param(parts.map((part) => part.amountMinor.toString()))}::bigint[]) as p(wallet_id, amount_minor)`);
  return rows.map((row) => ({
    customer: row.customer,
    amountMinor: BigInt(row.amount),
    decidedAloneMinor: BigInt(row.decided),
  }));
}

/** The amount above which the database takes no credit of one person; `purser migrate` stores it. */
export async function findFourEyesAbove(executor: Executor): Promise<bigint> {
  const rows = await executor.execute<{ above: string }>(sql`
    select above_minor::text as above from approval_limits where kind = 'credit'`);
  return BigInt(rows[0]?.above ?? '0');
}
