import { z } from 'zod';
import type { LineCaseRow } from '../../db/queries/line-cases.ts';
import { LINE_CASE_KINDS } from '../../db/schema/gates.ts';
import { named } from '../schemas/named.ts';
import {
  accountKey,
  day,
  depositId,
  digits,
  instant,
  money,
  toInstant,
  toInstantOrNull,
  toMoney,
} from '../schemas/wire.ts';
import { depositState } from './deposit.ts';

export const caseSchema = named(
  'LineCase',
  z.strictObject({
    id: digits,
    kind: z.enum(LINE_CASE_KINDS).meta({
      description:
        '`line_vanished`: reads do not show it; its credits cannot be spent meanwhile; `amount_changed`: its id appeared with another amount, which is in review; `reversal_unpaired`: a debit that may take a deposit back; Purser cannot tell which, or whether it does.',
    }),
    account: accountKey,
    lineId: digits,
    otherLineId: digits.nullable(),
    amount: money,
    bookingDate: day,
    depositId: depositId.nullable(),
    depositState: depositState.nullable(),
    candidates: z.array(depositId).meta({
      description:
        'For `reversal_unpaired`: deposits that the debit may take back, likeliest first, when the case was opened.',
    }),
    openedAt: instant,
    closedAt: instant.nullable(),
    outcome: z.enum(['restored', 'settled', 'decided']).nullable(),
    note: z.string().nullable(),
  }),
  {
    description: 'A line that the bank changed after it was captured.',
    example: {
      id: '17',
      kind: 'line_vanished',
      account: 'fnb-main',
      lineId: '4711',
      otherLineId: null,
      amount: { minor: '27500', currency: 'ZAR' },
      bookingDate: '2026-11-20',
      depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
      depositState: 'credited',
      candidates: [],
      openedAt: '2026-11-21T08:15:00.000Z',
      closedAt: null,
      outcome: null,
      note: null,
    },
  },
);

export function toCase(found: LineCaseRow): z.infer<typeof caseSchema> {
  const { row } = found;
  return {
    id: row.id.toString(),
    kind: row.kind,
    account: found.accountKey,
    lineId: row.lineId.toString(),
    otherLineId: row.otherId?.toString() ?? null,
    amount: toMoney(found.amountMinor, found.currency),
    bookingDate: found.bookingDate,
    depositId: found.depositId,
    depositState: found.depositState,
    candidates: found.candidates ?? [],
    openedAt: toInstant(row.openedAt),
    closedAt: toInstantOrNull(row.closedAt),
    outcome: row.outcome,
    note: row.note,
  };
}
