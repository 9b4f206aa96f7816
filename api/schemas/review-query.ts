import { z } from 'zod';
import {
  QUEUE_ORDERS,
  type QueueFilter,
  type QueueOrder,
  type QueuePlace,
} from '../../db/queries/reviews-read.ts';
import { CodedError } from '../../domain/errors.ts';
import { reviewReason } from '../outputs/review.ts';
import { accountKey, plainText } from './wire.ts';

const minor = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,17})$/)
  .meta({ examples: ['500000'] });

/** The filters of the queue. */
export const reviewFilterQuery = z.strictObject({
  reason: reviewReason.optional(),
  account: accountKey.optional(),
  assignee: plainText(200).optional().meta({ description: 'The person’s name as in their key.' }),
  unassigned: z
    .literal('true')
    .optional()
    .meta({ description: 'Only reviews without an assignee.' }),
  state: z
    .enum(['escalated', 'overdue'])
    .optional()
    .meta({ description: '`overdue`: missed a deadline at least once.' }),
  minMinor: minor.optional().meta({ description: 'Smallest amount, in minor units.' }),
  maxMinor: minor.optional().meta({ description: 'Largest amount, in minor units.' }),
  code: plainText(64)
    .optional()
    .meta({ description: 'Part of a reference or of a suggested code.' }),
});

export const reviewOrder = z
  .enum(QUEUE_ORDERS)
  .optional()
  .meta({ description: '`priority` (escalated first, then by deadline) if not given.' });

/** The filter that a query asks for. */
export function toFilter(query: z.infer<typeof reviewFilterQuery>): QueueFilter {
  return {
    reason: query.reason ?? null,
    accountKey: query.account ?? null,
    assignee: query.assignee ?? null,
    isUnassigned: query.unassigned !== undefined,
    state: query.state ?? null,
    minMinor: query.minMinor === undefined ? null : BigInt(query.minMinor),
    maxMinor: query.maxMinor === undefined ? null : BigInt(query.maxMinor),
    code: query.code ?? null,
  };
}

const INSTANT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:?\d{2})?$/;
const VALUES: Readonly<Record<QueueOrder, (value: string) => boolean>> = {
  priority: (value) => /^[tf]/.test(value) && INSTANT.test(value.slice(1)),
  oldest: (value) => INSTANT.test(value),
  amount: (value) => /^[1-9][0-9]{0,17}$/.test(value),
};

/** A place in the queue, opaque to callers. */
export function encodeQueuePlace({ order, value, id }: QueuePlace): string {
  return Buffer.from(`${order}|${value}|${id}`).toString('base64url');
}

/** @throws CodedError `request.invalid` for anything that {@link encodeQueuePlace} did not write, and for another order's place. */
export function decodeQueuePlace(cursor: string | undefined, order: QueueOrder): QueuePlace | null {
  if (cursor === undefined) return null;
  const [of, value = '', id = '', ...rest] = Buffer.from(cursor, 'base64url')
    .toString('utf8')
    .split('|');
  if (of === order && VALUES[order](value) && /^dep_[0-9a-f]{32}$/.test(id) && rest.length === 0)
    return { order, value, id };
  throw new CodedError(
    'request.invalid',
    'The cursor is not from this list and order: read the list again without it.',
  );
}
