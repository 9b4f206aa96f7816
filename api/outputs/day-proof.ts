import { z } from 'zod';
import type { DayProof } from '../../db/queries/day-proofs.ts';
import { day, instant, money, toInstant, toMoney } from '../schemas/wire.ts';

export const dayProofSchema = z.strictObject({
  day: day.meta({ description: 'At whose end the bank states its balance.' }),
  source: z.enum(['statement', 'api']),
  bank: money,
  ledger: money,
  difference: money.meta({ description: 'Ledger less bank; anything but 0 needs a person.' }),
  suspense: money.meta({
    description: 'What is nobody’s yet, by the ledger, at the time of the look.',
  }),
  open: z.strictObject({
    count: z.int().min(0),
    amount: money.meta({ description: 'Of the deposits that are open; the same as suspense.' }),
  }),
  takenAt: instant,
});

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
