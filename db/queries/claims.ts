import { eq, sql } from 'drizzle-orm';
import type { LocalDate } from '../../domain/local-date.ts';
import { CLAIM_DAYS_MAX } from '../../domain/review/suggest.ts';
import type { Executor, Transaction } from '../client.ts';
import { claims, type ClaimState } from '../schema/claims.ts';

export type Claim = typeof claims.$inferSelect;

export async function findClaim(executor: Executor, id: string): Promise<Claim | null> {
  const rows = await executor.select().from(claims).where(eq(claims.id, id)).limit(1);
  return rows[0] ?? null;
}

export async function insertClaim(
  tx: Transaction,
  claim: {
    readonly id: string;
    readonly walletId: string;
    readonly amountMinor: bigint;
    readonly paidOn: LocalDate;
    readonly proofRef: string | null;
    readonly madeBy: string;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx.execute(sql`
    insert into claims (id, wallet_id, amount_minor, paid_on, proof_ref, made_by, expires_at)
    values (${claim.id}, ${claim.walletId}, ${claim.amountMinor.toString()}::bigint, ${claim.paidOn}::date, ${claim.proofRef},
            ${claim.madeBy}, ${claim.expiresAt.toISOString()}::timestamptz)`);
}

/**
 * Matches an open claim to the oldest credited deposit of its wallet, amount and days that no other claim has, or
 * expires it once its time is over. Answers its state; null if the claim does not exist.
 */
export async function meetOrExpireClaim(tx: Transaction, id: string): Promise<ClaimState | null> {
  const rows = await tx.execute<{ state: ClaimState }>(sql`
    with claim as (select * from claims where id = ${id} for update),
    met as (
      select d.id from claim c join deposits d on d.wallet_id = c.wallet_id and d.amount_minor = c.amount_minor
         and d.booking_date between c.paid_on - ${CLAIM_DAYS_MAX}::int and c.paid_on + ${CLAIM_DAYS_MAX}::int and d.state = 'credited'
       where c.state = 'open' and not exists (select 1 from claims o where o.deposit_id = d.id)
       order by d.booking_date, d.id limit 1
    ), ended as (
      update claims c set state = case when (select id from met) is null then 'expired' else 'met' end,
             deposit_id = (select id from met), ended_at = now()
        from claim k where c.id = k.id and k.state = 'open' and ((select id from met) is not null or k.expires_at <= now())
      returning c.state
    )
    select coalesce((select state from ended), (select state from claim)) as state`);
  return rows[0]?.state ?? null;
}

/** Withdraws a claim for its customer; false if it is no longer open. */
export async function withdrawClaim(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    update claims set state = 'withdrawn', ended_at = now() where id = ${id} and state = 'open' returning id`);
  return rows.length === 1;
}

/** Open claims whose time is over and whose workflow may be lost. */
export async function listOverdueClaims(
  executor: Executor,
  limit: number,
): Promise<readonly string[]> {
  const rows = await executor.execute<{ id: string }>(sql`
    select id from claims where state = 'open' and expires_at <= now() order by expires_at limit ${limit}`);
  return rows.map((row) => row.id);
}
