import { z } from 'zod';
import type { Deposit } from '../../db/queries/deposits-read.ts';
import {
  accountKey,
  day,
  depositId,
  instant,
  money,
  runId,
  toInstant,
  toInstantOrNull,
  toMoney,
  walletId,
} from '../schemas/wire.ts';

export const depositState = z.enum([
  'captured',
  'in_review',
  'credited',
  'returned',
  'dismissed',
  'reversed',
]);

export const depositSchema = z.strictObject({
  id: depositId,
  account: accountKey,
  state: depositState,
  amount: money,
  bookingDate: day,
  walletId: walletId.nullable(),
  holdReason: z.string().nullable(),
  lane: z.enum(['workflow', 'backlog']).nullable(),
  runId: runId.nullable(),
  capturedAt: instant,
  settledAt: instant.nullable(),
});

export function toDeposit(row: Deposit): z.infer<typeof depositSchema> {
  return {
    id: row.id,
    account: row.bankAccountKey,
    state: row.state,
    amount: toMoney(row.amountMinor, row.currency),
    bookingDate: row.bookingDate,
    walletId: row.walletId,
    holdReason: row.holdReason,
    lane: row.lane,
    runId: row.runId,
    capturedAt: toInstant(row.capturedAt),
    settledAt: toInstantOrNull(row.settledAt),
  };
}
