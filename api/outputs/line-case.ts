import { z } from 'zod';
import type { LineCaseRow } from '../../db/queries/line-cases.ts';
import { LINE_CASE_KINDS } from '../../db/schema/gates.ts';
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

export const caseSchema = z.strictObject({
  id: digits,
  kind: z.enum(LINE_CASE_KINDS).meta({
    description:
      '`line_vanished`: complete reads of its day do not show it any more; `amount_changed`: its id came with another amount, which waits in review; `reversal_unpaired`: a debit whose original was not found.',
  }),
  account: accountKey,
  lineId: digits,
  otherLineId: digits.nullable(),
  amount: money,
  bookingDate: day,
  depositId: depositId.nullable(),
  depositState: depositState.nullable(),
  openedAt: instant,
  closedAt: instant.nullable(),
  outcome: z.enum(['restored', 'settled', 'decided']).nullable(),
  note: z.string().nullable(),
});

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
    openedAt: toInstant(row.openedAt),
    closedAt: toInstantOrNull(row.closedAt),
    outcome: row.outcome,
    note: row.note,
  };
}
