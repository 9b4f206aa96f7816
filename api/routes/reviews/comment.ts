import { z } from 'zod';
import type { ReviewComment } from '../../../db/queries/review-work.ts';
import { named } from '../../schemas/named.ts';
import { digits, instant, toInstant } from '../../schemas/wire.ts';

export const commentSchema = named(
  'Comment',
  z.strictObject({
    id: digits,
    person: z.string().nullable().meta({ description: 'Null if a service wrote it.' }),
    keyId: z.string(),
    text: z.string(),
    createdAt: instant,
  }),
  {
    description: 'A comment on a review. It cannot be changed or deleted.',
    example: {
      id: '8',
      person: 'thandi',
      keyId: 'key_019ab3c4d5e67f8091a2b3c4d5e6f708',
      text: 'Called the payer; she means CUS00005724.',
      createdAt: '2026-11-20T10:30:00.000Z',
    },
  },
);

export function toComment(row: ReviewComment): z.infer<typeof commentSchema> {
  return {
    id: row.id.toString(),
    person: row.person,
    keyId: row.keyId,
    text: row.text,
    createdAt: toInstant(row.createdAt),
  };
}
