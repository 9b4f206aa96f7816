import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { reviewComments } from '../schema/reviews.ts';

/** The state of the review that a request is about; the request needs an open one. */
export type ReviewState = 'open' | 'closed' | 'none';

/** Locks a review and answers its state. */
export async function lockReview(tx: Transaction, depositId: string): Promise<ReviewState> {
  const rows = await tx.execute<{ is_open: boolean }>(sql`
    select closed_at is null as is_open from reviews where deposit_id = ${depositId} for update`);
  if (rows[0] === undefined) return 'none';
  return rows[0].is_open ? 'open' : 'closed';
}

/** Assigns a review to a person, or unassigns it. */
export async function assignReview(
  tx: Transaction,
  depositId: string,
  person: string | null,
): Promise<void> {
  await tx.execute(sql`update reviews set assignee = ${person} where deposit_id = ${depositId}`);
}

/** True if a person of this name has a key that is not revoked. */
export async function isKnownPerson(executor: Executor, person: string): Promise<boolean> {
  const rows = await executor.execute<{ known: boolean }>(sql`
    select exists (select 1 from api_keys where person = ${person} and revoked_at is null) as known`);
  return rows[0]?.known ?? false;
}

export type ReviewComment = typeof reviewComments.$inferSelect;

/** Adds a comment to a review; it is kept permanently. */
export async function insertComment(
  tx: Transaction,
  comment: Pick<ReviewComment, 'depositId' | 'keyId' | 'person' | 'text'>,
): Promise<ReviewComment> {
  const [row] = await tx.insert(reviewComments).values(comment).returning();
  if (row === undefined) throw new RangeError('An inserted comment has a row.');
  return row;
}

/** The comments of a review, oldest first, from just after `after` on. */
export async function listComments(
  executor: Executor,
  query: {
    readonly depositId: string;
    readonly after: bigint | null;
    readonly limit: number;
  },
): Promise<readonly ReviewComment[]> {
  const { depositId, after, limit } = query;
  return executor
    .select()
    .from(reviewComments)
    .where(
      and(
        eq(reviewComments.depositId, depositId),
        after === null ? undefined : gt(reviewComments.id, after),
      ),
    )
    .orderBy(asc(reviewComments.id))
    .limit(limit);
}
