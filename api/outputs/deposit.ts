import { z } from 'zod';
import type { Deposit } from '../../db/queries/deposits-read.ts';
import { DEPOSIT_STATES } from '../../domain/ledger/deposit.ts';
import { named } from '../schemas/named.ts';
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

export const depositState = z
  .enum(DEPOSIT_STATES)
  .meta({ id: 'DepositState', description: 'Where a deposit is in its life.' });

export const DEPOSIT_EXAMPLE = {
  id: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
  account: 'fnb-main',
  state: 'credited',
  amount: { minor: '27500', currency: 'ZAR' },
  bookingDate: '2026-11-20',
  walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
  holdReason: null,
  lane: 'workflow',
  runId: 'run_019ab3c4d5e67f8091a2b3c4d5e6f708',
  capturedAt: '2026-11-20T08:15:00.000Z',
  settledAt: '2026-11-20T08:15:02.000Z',
} as const;

export const depositSchema = named(
  'Deposit',
  z.strictObject({
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
  }),
  { description: 'Money that a bank account received.', example: DEPOSIT_EXAMPLE },
);

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
