import { z } from 'zod';
import type { DayProof } from '../../db/queries/day-proofs.ts';
import { named } from '../schemas/named.ts';
import { day, instant, money, toInstant, toMoney } from '../schemas/wire.ts';

export const dayProofSchema = named(
  'DayProof',
  z.strictObject({
    day: day.meta({ description: 'The bank states its balance at the end of this day.' }),
    source: z.enum(['statement', 'api']),
    bank: money,
    ledger: money,
    difference: money.meta({ description: 'Ledger minus bank; anything but 0 needs a person.' }),
    suspense: money.meta({
      description: 'What the ledger had not assigned to a wallet at `takenAt`.',
    }),
    open: z.strictObject({
      count: z.int().min(0),
      amount: money.meta({ description: 'The sum of the open deposits; equals suspense.' }),
    }),
    takenAt: instant,
  }),
  {
    description: 'The balance of ledger and bank at the end of one day.',
    example: {
      day: '2026-11-20',
      source: 'statement',
      bank: { minor: '1250000', currency: 'ZAR' },
      ledger: { minor: '1250000', currency: 'ZAR' },
      difference: { minor: '0', currency: 'ZAR' },
      suspense: { minor: '27500', currency: 'ZAR' },
      open: { count: 1, amount: { minor: '27500', currency: 'ZAR' } },
      takenAt: '2026-11-21T00:15:00.000Z',
    },
  },
);

/** @param currency of the bank account */
export function toDayProof(row: DayProof, currency: string): z.infer<typeof dayProofSchema> {
  const amount = (minor: bigint) => toMoney(minor, currency);
  return {
    day: row.day,
    source: row.source,
    bank: amount(row.bankMinor),
    ledger: amount(row.ledgerMinor),
    difference: amount(row.differenceMinor),
    suspense: amount(row.suspenseMinor),
    open: { count: row.openCount, amount: amount(row.openMinor) },
    takenAt: toInstant(row.takenAt),
  };
}
