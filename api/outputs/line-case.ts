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
import { maskRow } from './mask-row.ts';

const unreadableRowSchema = z.strictObject({
  position: z.string().meta({ description: 'Where the bank showed it last.' }),
  field: z
    .string()
    .nullable()
    .meta({ description: 'The field at fault; null where the whole row is.' }),
  why: z.string(),
  raw: z.string().meta({
    description:
      'The row as the bank sent it, as JSON text. Without `review:decide` its letters are `x` and its digits `9`.',
  }),
  isMasked: z.boolean(),
  firstSeenAt: instant,
  lastSeenAt: instant,
});

export const caseSchema = named(
  'LineCase',
  z.strictObject({
    id: digits,
    kind: z.enum(LINE_CASE_KINDS).meta({
      description:
        '`line_vanished`: reads do not show it; its credits cannot be spent meanwhile; `amount_changed`: its id appeared with another amount, which is in review; `reversal_unpaired`: a debit that may take a deposit back; Purser cannot tell which, or whether it does; `row_unreadable`: a row that the bank shows and that cannot be read, so it is no line yet.',
    }),
    account: accountKey,
    lineId: digits.nullable().meta({ description: 'Null for `row_unreadable`.' }),
    otherLineId: digits.nullable(),
    amount: money.nullable(),
    bookingDate: day.nullable(),
    row: unreadableRowSchema
      .nullable()
      .meta({ description: 'For `row_unreadable`: the row and what is wrong with it.' }),
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
    description:
      'A line that the bank changed after it was captured, or a row of the bank that cannot be read.',
    example: {
      id: '17',
      kind: 'line_vanished',
      account: 'fnb-main',
      lineId: '4711',
      otherLineId: null,
      amount: { minor: '27500', currency: 'ZAR' },
      bookingDate: '2026-11-20',
      row: null,
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

/** @param isMasked true for a caller who may not see what rows say about people */
export function toCase(found: LineCaseRow, isMasked: boolean): z.infer<typeof caseSchema> {
  const { row, unreadable, amountMinor, currency } = found;
  return {
    id: row.id.toString(),
    kind: row.kind,
    account: found.accountKey,
    lineId: row.lineId?.toString() ?? null,
    otherLineId: row.otherId?.toString() ?? null,
    amount: amountMinor === null || currency === null ? null : toMoney(amountMinor, currency),
    bookingDate: found.bookingDate ?? (unreadable === null ? null : dayOf(unreadable)),
    row: unreadable === null ? null : toUnreadableRow(unreadable, isMasked),
    depositId: found.depositId,
    depositState: found.depositState,
    candidates: found.candidates ?? [],
    openedAt: toInstant(row.openedAt),
    closedAt: toInstantOrNull(row.closedAt),
    outcome: row.outcome,
    note: row.note,
  };
}

type UnreadableRow = NonNullable<LineCaseRow['unreadable']>;

/** The day of a row, where it is certain. */
function dayOf({ dayFrom, dayTo }: UnreadableRow): string | null {
  return dayFrom === dayTo ? dayFrom : null;
}

function toUnreadableRow(
  { position, field, why, raw, firstSeenAt, lastSeenAt }: UnreadableRow,
  isMasked: boolean,
): z.infer<typeof unreadableRowSchema> {
  return {
    position,
    field,
    why,
    raw: isMasked ? maskRow(raw) : raw,
    isMasked,
    firstSeenAt: toInstant(firstSeenAt),
    lastSeenAt: toInstant(lastSeenAt),
  };
}
