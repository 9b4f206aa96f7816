import { z } from 'zod';
import { stateOf, type ReturnRow } from '../../../db/queries/returns.ts';
import { csvLine, type CsvCell } from '../../../domain/words/csv-cell.ts';
import { parseCurrency } from '../../../domain/money/money.ts';
import { printMinor } from '../../../domain/money/money-text.ts';
import { returnReference } from '../../../domain/ledger/reversal.ts';
import { named } from '../../schemas/named.ts';
import {
  accountKey,
  day,
  decisionId,
  depositId,
  money,
  returnExportId,
  toMoney,
} from '../../schemas/wire.ts';

export const returnSchema = named(
  'Return',
  z.strictObject({
    decisionId,
    depositId,
    account: accountKey.meta({ description: 'The bank account that pays.' }),
    amount: money,
    reference: z.string().meta({
      description: 'Write it into the payment, so that Purser finds the debit line.',
    }),
    state: z.enum(['due', 'exported', 'paid']),
    exportId: returnExportId.nullable(),
    paidOn: day.nullable(),
  }),
  {
    description: 'Money that goes back to its payer.',
    example: {
      decisionId: 'dec_019ab3c4d5e67f8091a2b3c4d5e6f708',
      depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
      account: 'fnb-main',
      amount: { minor: '27500', currency: 'ZAR' },
      reference: 'RET019AB3C4D5E6',
      state: 'due',
      exportId: null,
      paidOn: null,
    },
  },
);

export function toReturn(row: ReturnRow): z.infer<typeof returnSchema> {
  return {
    decisionId: row.decisionId,
    depositId: row.depositId,
    account: row.accountKey,
    amount: toMoney(row.amountMinor, row.currency),
    reference: returnReference(row.depositId),
    state: stateOf(row),
    exportId: row.exportId,
    paidOn: row.paidOn,
  };
}

/** The columns of a payment instruction file. */
const COLUMNS: readonly (readonly [string, (row: ReturnRow) => CsvCell])[] = [
  ['from_account', (row) => row.accountKey],
  ['beneficiary', (row) => row.payer?.name ?? ''],
  ['bank', (row) => row.payer?.bank ?? ''],
  ['branch', (row) => row.payer?.branch ?? ''],
  ['account', (row) => row.payer?.account ?? ''],
  ['amount', (row) => ({ number: printMinor(row.amountMinor, parseCurrency(row.currency)) })],
  ['currency', (row) => row.currency],
  ['our_reference', (row) => returnReference(row.depositId)],
  ['their_reference', (row) => returnReference(row.depositId)],
  ['decision', (row) => row.decisionId],
];

/** A payment instruction file; its example shows the header and one row. */
export const instructionFile = z.string().meta({
  examples: [
    `${COLUMNS.map(([name]) => name).join(',')}\r\nfnb-main,Thandi Nkosi,First Bank,250655,62001234567,275.00,ZAR,RET019AB3C4D5E6,RET019AB3C4D5E6,dec_019ab3c4d5e67f8091a2b3c4d5e6f708\r\n`,
  ],
});

export function printInstructions(rows: readonly ReturnRow[]): string {
  return [
    csvLine(COLUMNS.map(([name]) => name)),
    ...rows.map((row) => csvLine(COLUMNS.map(([, show]) => show(row)))),
  ].join('');
}
