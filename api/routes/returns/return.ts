import { z } from 'zod';
import { stateOf, type ReturnRow } from '../../../db/queries/returns.ts';
import { csvLine, type CsvCell } from '../../../domain/words/csv-cell.ts';
import { parseCurrency } from '../../../domain/money/money.ts';
import { printMinor } from '../../../domain/money/money-text.ts';
import { returnReference } from '../../../domain/ledger/reversal.ts';
import {
  accountKey,
  day,
  decisionId,
  depositId,
  money,
  returnExportId,
  toMoney,
} from '../../schemas/wire.ts';

export const returnSchema = z.strictObject({
  decisionId,
  depositId,
  account: accountKey.meta({ description: 'The account of ours that is to pay.' }),
  amount: money,
  reference: z.string().meta({
    description: 'Write it into the payment: by it, the debit line on the statement is found.',
  }),
  state: z.enum(['due', 'exported', 'paid']),
  exportId: returnExportId.nullable(),
  paidOn: day.nullable(),
});

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

export function printInstructions(rows: readonly ReturnRow[]): string {
  return [
    csvLine(COLUMNS.map(([name]) => name)),
    ...rows.map((row) => csvLine(COLUMNS.map(([, show]) => show(row)))),
  ].join('');
}
