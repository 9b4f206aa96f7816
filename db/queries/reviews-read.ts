import { and, asc, desc, eq, gte, isNotNull, isNull, lte, sql, type SQL } from 'drizzle-orm';
import type { ReviewReason } from '../../domain/review/review-reasons.ts';
import type { Executor } from '../client.ts';
import type { InJson } from '../json.ts';
import { deposits } from '../schema/deposits.ts';
import { lines } from '../schema/lines.ts';
import { reviewComments, reviews } from '../schema/reviews.ts';
import { withinReach, type Reach } from './reach.ts';
import { besideLine, type BesideLine } from './beside-lines.ts';

/** Orders of the queue: escalated first, then by deadline; by age; by amount, largest first. */
export const QUEUE_ORDERS = ['priority', 'oldest', 'amount'] as const;
export type QueueOrder = (typeof QUEUE_ORDERS)[number];

/** A filter of open reviews; null selects any. */
export interface QueueFilter {
  readonly reason: ReviewReason | null;
  readonly accountKey: string | null;
  /** A person; reviews without one have their own flag, `isUnassigned`. */
  readonly assignee: string | null;
  readonly isUnassigned: boolean;
  readonly state: 'escalated' | 'overdue' | null;
  readonly minMinor: bigint | null;
  readonly maxMinor: bigint | null;
  /** A part of a reference or of a suggested code, in any case. */
  readonly code: string | null;
}

/** A place in the queue: the compared value, as text, and the id that breaks ties. */
export interface QueuePlace {
  readonly order: QueueOrder;
  readonly value: string;
  readonly id: string;
}

/** Open reviews in an order, from just after `after` on. */
export async function listOpenReviews(
  executor: Executor,
  query: QueueFilter & {
    readonly order: QueueOrder;
    readonly reach: Reach | null;
    readonly after: QueuePlace | null;
    readonly limit: number;
  },
) {
  const { order, reach, after, limit } = query;
  const within = withinReach(reach, deposits.bankAccountKey);
  return executor
    .select({
      review: reviews,
      accountKey: deposits.bankAccountKey,
      amountMinor: deposits.amountMinor,
      currency: deposits.currency,
      bookingDate: deposits.bookingDate,
      references: lines.references,
      counterpartyName: lines.counterpartyName,
      // The line that it may be, while it is held.
      beside: sql<InJson<BesideLine> | null>`(
        select ${besideLine(sql`h.beside_line_id`)} from line_holds h where h.line_id = ${deposits.lineId} and h.ended_at is null)`,
      comments: sql<number>`(select count(*)::int from ${reviewComments} where ${reviewComments.depositId} = ${reviews.depositId})`,
      place: valueOf(order),
    })
    .from(reviews)
    .innerJoin(deposits, eq(deposits.id, reviews.depositId))
    .innerJoin(lines, eq(lines.id, deposits.lineId))
    .where(and(matches(query), within, after === null ? undefined : isAfter(after)))
    .orderBy(...sorted(order))
    .limit(limit);
}

export type OpenReviewRow = Awaited<ReturnType<typeof listOpenReviews>>[number];

/** Counts the matching open reviews, up to `atMost`. */
export async function countOpenReviews(
  executor: Executor,
  filter: QueueFilter,
  atMost: number,
): Promise<number> {
  const found = executor
    .select({ id: reviews.depositId })
    .from(reviews)
    .innerJoin(deposits, eq(deposits.id, reviews.depositId))
    .innerJoin(lines, eq(lines.id, deposits.lineId))
    .where(matches(filter))
    .limit(atMost)
    .as('found');
  const rows = await executor.select({ count: sql<number>`count(*)::int` }).from(found);
  return rows[0]?.count ?? 0;
}

function matches(filter: QueueFilter): SQL | undefined {
  const { reason, accountKey, assignee, state, minMinor, maxMinor, code } = filter;
  return and(
    isNull(reviews.closedAt),
    reason === null ? undefined : eq(reviews.reason, reason),
    accountKey === null ? undefined : eq(deposits.bankAccountKey, accountKey),
    assignee === null ? undefined : eq(reviews.assignee, assignee),
    filter.isUnassigned ? isNull(reviews.assignee) : undefined,
    state === 'escalated' ? isNotNull(reviews.escalatedAt) : undefined,
    state === 'overdue' ? isNotNull(reviews.overdueAt) : undefined,
    minMinor === null ? undefined : gte(deposits.amountMinor, minMinor),
    maxMinor === null ? undefined : lte(deposits.amountMinor, maxMinor),
    code === null
      ? undefined
      : sql`position(upper(${code}) in upper(array_to_string(${reviews.candidates} || ${lines.references}, ' '))) > 0`,
  );
}

function valueOf(order: QueueOrder): SQL<string> {
  switch (order) {
    case 'priority':
      return sql<string>`case when ${reviews.escalatedAt} is null then 't' else 'f' end || ${reviews.dueAt}::text`;
    case 'oldest':
      return sql<string>`${reviews.openedAt}::text`;
    case 'amount':
      return sql<string>`${deposits.amountMinor}::text`;
  }
}

function sorted(order: QueueOrder): readonly SQL[] {
  const byId = asc(reviews.depositId);
  switch (order) {
    case 'priority':
      return [sql`(${reviews.escalatedAt} is null)`, asc(reviews.dueAt), byId];
    case 'oldest':
      return [asc(reviews.openedAt), byId];
    case 'amount':
      return [desc(deposits.amountMinor), byId];
  }
}

function isAfter({ order, value, id }: QueuePlace): SQL {
  switch (order) {
    case 'priority':
      // Cast to text first: the driver turns every text except `true` into a false boolean.
      return sql`(${reviews.escalatedAt} is null, ${reviews.dueAt}, ${reviews.depositId}) > (${value.slice(0, 1)}::text::boolean, ${value.slice(1)}::timestamptz, ${id})`;
    case 'oldest':
      return sql`(${reviews.openedAt}, ${reviews.depositId}) > (${value}::timestamptz, ${id})`;
    case 'amount':
      return sql`(-${deposits.amountMinor}, ${reviews.depositId}) > (-${value}::bigint, ${id})`;
  }
}

/** Open reviews of one reason and currency. */
export interface ReasonTotal {
  readonly reason: ReviewReason;
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: bigint;
  readonly escalated: number;
}

export async function sumReviewsByReason(executor: Executor): Promise<readonly ReasonTotal[]> {
  const rows = await executor.execute<{
    reason: ReviewReason;
    currency: string;
    count: number;
    amount: string;
    escalated: number;
  }>(sql`
    select r.reason, d.currency, count(*)::int as count, sum(d.amount_minor)::text as amount,
           count(r.escalated_at)::int as escalated
      from reviews r join deposits d on d.id = r.deposit_id where r.closed_at is null
     group by r.reason, d.currency order by count desc, r.reason, d.currency`);
  return rows.map(({ amount, ...row }) => ({ ...row, amountMinor: BigInt(amount) }));
}
