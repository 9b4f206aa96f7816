import { z } from 'zod';
import type { WaitingRow } from '../../db/queries/held-rows.ts';
import { EVIDENCE_WAITS } from '../../domain/words/waiting-words.ts';
import { named } from '../schemas/named.ts';
import { accountKey, day, digits, instant, money, toInstant, toMoney } from '../schemas/wire.ts';
import { besideLineSchema, toBesideLine } from './beside-line.ts';
import { maskText } from './mask-row.ts';

export const evidenceWait = z.enum(EVIDENCE_WAITS).meta({
  id: 'EvidenceWait',
  description:
    'What settles the row: `next_read` of its day by the bank’s API; `day_over`: reads after its day is over; a `statement` of its day, since the API is not read or no longer reaches that day.',
});

export const heldRowSchema = named(
  'HeldRow',
  z.strictObject({
    id: digits,
    account: accountKey,
    feed: z.enum(['poll', 'webhook', 'file']),
    source: z.string().meta({ description: 'The feed, or the format of the statement file.' }),
    bankId: z.string().nullable(),
    amount: money.meta({ description: 'Signed: credits above zero, debits below.' }),
    bookingDate: day,
    reference: z.string().nullable().meta({
      description: 'Without `review:decide` its letters are `x` and its digits `9`.',
    }),
    isMasked: z.boolean(),
    reason: z.string().meta({ description: 'As the reason of a review.' }),
    waitsFor: evidenceWait,
    reads: z.int().min(0).meta({
      description: 'Reads of its day, after it was over, that did not settle it.',
    }),
    seenAt: instant,
    beside: besideLineSchema.nullable().meta({
      description: 'The line that it may be; null where that is no single line.',
    }),
  }),
  {
    description: 'A row of the bank that is no line yet, since it may be a known one.',
    example: {
      id: '9034',
      account: 'fnb-main',
      feed: 'webhook',
      source: 'webhook',
      bankId: 'W-77120',
      amount: { minor: '27500', currency: 'ZAR' },
      bookingDate: '2026-11-20',
      reference: 'PAYSHAP CUS00005724',
      isMasked: false,
      reason: 'possible_duplicate',
      waitsFor: 'next_read',
      reads: 0,
      seenAt: '2026-11-20T08:16:00.000Z',
      beside: {
        lineId: '4711',
        depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
        depositState: 'credited',
        amount: { minor: '27500', currency: 'ZAR' },
        bookingDate: '2026-11-20',
        references: ['CUS00005724'],
        text: 'EFT T NKOSI',
        isShown: true,
      },
    },
  },
);

/** @param isMasked true for a caller who may not see what rows say about people */
export function toHeldRow(row: WaitingRow, isMasked: boolean): z.infer<typeof heldRowSchema> {
  const { accountKey: account, amountMinor, beside, currency, reference, ...held } = row;
  const other = toBesideLine(beside);
  return {
    ...held,
    account,
    amount: toMoney(amountMinor, currency),
    reference: reference !== null && isMasked ? maskText(reference) : reference,
    isMasked,
    seenAt: toInstant(row.seenAt),
    beside:
      other !== null && isMasked
        ? { ...other, references: other.references.map(maskText), text: maskText(other.text) }
        : other,
  };
}
