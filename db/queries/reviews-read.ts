import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { deposits } from '../schema/deposits.ts';
import { lines } from '../schema/lines.ts';
import { reviews } from '../schema/reviews.ts';
import type { ListPlace } from './deposits-read.ts';

/** Open reviews, oldest first, from just after `after` on. */
export async function listOpenReviews(
  executor: Executor,
  query: {
    readonly accountKey: string | null;
    readonly after: ListPlace | null;
    readonly limit: number;
  },
) {
  const { accountKey, after, limit } = query;
  return executor
    .select({
      review: reviews,
      accountKey: deposits.bankAccountKey,
      amountMinor: deposits.amountMinor,
      currency: deposits.currency,
      bookingDate: deposits.bookingDate,
      references: lines.references,
      counterpartyName: lines.counterpartyName,
      at: sql<string>`${reviews.openedAt}::text`,
    })
    .from(reviews)
    .innerJoin(deposits, eq(deposits.id, reviews.depositId))
    .innerJoin(lines, eq(lines.id, deposits.lineId))
    .where(
      and(
        isNull(reviews.closedAt),
        accountKey === null ? undefined : eq(deposits.bankAccountKey, accountKey),
        after === null
          ? undefined
          : sql`(${reviews.openedAt}, ${reviews.depositId}) > (${after.at}::timestamptz, ${after.id})`,
      ),
    )
    .orderBy(asc(reviews.openedAt), asc(reviews.depositId))
    .limit(limit);
}

export type OpenReviewRow = Awaited<ReturnType<typeof listOpenReviews>>[number];
