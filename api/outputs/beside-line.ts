import { z } from 'zod';
import type { BesideLine } from '../../db/queries/beside-lines.ts';
import { day, depositId, digits, money, toMoney } from '../schemas/wire.ts';
import { depositState } from './deposit.ts';

/** A line of the account that a held line or row may be, side by side with it. */
export const besideLineSchema = z
  .strictObject({
    lineId: digits,
    depositId: depositId.nullable().meta({ description: 'Null for a debit.' }),
    depositState: depositState.nullable(),
    amount: money,
    bookingDate: day,
    references: z.array(z.string()),
    text: z.string(),
    isShown: z.boolean().meta({
      description: 'False if the last read of its whole day lacked the line.',
    }),
  })
  .meta({ id: 'BesideLine', description: 'The line that a held deposit or row may be.' });

export function toBesideLine(beside: BesideLine | null): z.infer<typeof besideLineSchema> | null {
  if (beside === null) return null;
  const { amountMinor, currency, ...line } = beside;
  return {
    ...line,
    amount: toMoney(amountMinor, currency),
    references: [...line.references],
  };
}
