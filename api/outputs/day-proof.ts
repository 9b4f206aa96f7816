import { z } from 'zod';
import type { DayProof } from '../../db/queries/day-proofs.ts';
import type { Doubt } from '../../domain/line/balance-settles.ts';
import { named } from '../schemas/named.ts';
import {
  day,
  depositId,
  digits,
  instant,
  money,
  statementFileId,
  toInstant,
  toMoney,
} from '../schemas/wire.ts';

const doubtSchema = named(
  'Doubt',
  z.strictObject({
    kind: z.enum(['line', 'row', 'gone']).meta({
      description:
        '`line`: a held line, which the ledger counts; `row`: a row that waits, which it does not count; `gone`: a line that the bank shows no longer.',
    }),
    id: digits.meta({ description: 'The number of the line, or of the row.' }),
    depositId: depositId.nullable(),
    bookingDate: day,
    amount: money.meta({ description: 'Signed: below 0 for a debit.' }),
  }),
  {
    description: 'A line or a row of which only a balance tells whether the bank counts it.',
    example: {
      kind: 'row',
      id: '812',
      depositId: null,
      bookingDate: '2026-11-20',
      amount: { minor: '5000', currency: 'ZAR' },
    },
  },
);

export const dayProofSchema = named(
  'DayProof',
  z.strictObject({
    day: day.meta({ description: 'The day of the moment at which both balances are compared.' }),
    moment: z.enum(['end_of_day', 'last_line', 'now']).meta({
      description:
        '`end_of_day`; `last_line`: after the last line that the statement shows of that day; `now`: when the API answered.',
    }),
    source: z.enum(['statement', 'api']),
    statementFile: statementFileId.nullable().meta({
      description: 'The file that states the bank’s balance; null where the API did.',
    }),
    opening: z.strictObject({
      day: day.meta({ description: 'The first day whose lines count.' }),
      balance: money.meta({ description: 'The balance before that day.' }),
    }),
    bank: money.meta({ description: 'The balance that the bank states at that moment.' }),
    ledger: money.meta({ description: 'The opening balance and the lines up to that moment.' }),
    difference: money.meta({ description: 'Ledger minus bank; anything but 0 needs a person.' }),
    candidates: z.array(doubtSchema).meta({
      description: 'What may explain a difference, first what has exactly its amount.',
    }),
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
    description: 'The balance of ledger and bank at one moment of a day.',
    example: {
      day: '2026-11-20',
      moment: 'end_of_day',
      source: 'statement',
      statementFile: 'stf_019ab3c4d5e67f8091a2b3c4d5e6f708',
      opening: { day: '2026-11-01', balance: { minor: '1222500', currency: 'ZAR' } },
      bank: { minor: '1250000', currency: 'ZAR' },
      ledger: { minor: '1250000', currency: 'ZAR' },
      difference: { minor: '0', currency: 'ZAR' },
      candidates: [],
      suspense: { minor: '27500', currency: 'ZAR' },
      open: { count: 1, amount: { minor: '27500', currency: 'ZAR' } },
      takenAt: '2026-11-21T00:15:00.000Z',
    },
  },
);

/** @param currency of the bank account */
export function toDayProof(
  row: DayProof & { readonly candidates: readonly Doubt[] },
  currency: string,
): z.infer<typeof dayProofSchema> {
  const amount = (minor: bigint) => toMoney(minor, currency);
  return {
    day: row.day,
    moment: row.moment,
    source: row.source,
    statementFile: row.fileId,
    opening: { day: row.openingOn, balance: amount(row.openingMinor) },
    bank: amount(row.bankMinor),
    ledger: amount(row.ledgerMinor),
    difference: amount(row.differenceMinor),
    candidates: row.candidates.map(({ amountMinor, bookingDate, depositId, id, kind }) => ({
      ...{ kind, id, depositId, bookingDate },
      amount: amount(amountMinor),
    })),
    suspense: amount(row.suspenseMinor),
    open: { count: row.openCount, amount: amount(row.openMinor) },
    takenAt: toInstant(row.takenAt),
  };
}
