import { camt053 } from '../../support/camt.ts';
import { mt940 } from '../../support/mt940.ts';
import { berlinGroup } from './feed-dialects.ts';
import type { AnswerDialect, TestRow } from './feed-dialect.ts';

const rowsOf = (rows: readonly string[]) => rows.map((row) => JSON.parse(row) as TestRow);
const plain = (row: TestRow) => row.amount.replaceAll('"', '');

/** A bank of the Berlin Group that answers with a camt.053; its balances are left out, as banks do within a day. */
const camt: AnswerDialect = {
  ...berlinGroup,
  name: 'berlin-group (camt)',
  contentType: 'application/xml',
  position: /^statement 1, entry 1$/,
  statesBalances: false,
  row: (row) => JSON.stringify(row),
  page: (rows) =>
    Buffer.from(
      camt053(
        rowsOf(rows).map((row) => ({
          amount: plain(row),
          reference: row.reference,
          id: `T${row.order}`,
          day: row.date,
          debit: row.direction === 'debit',
        })),
        null,
      ),
    ).toString(),
};

/** A bank of the Berlin Group that answers with an MT940, whose balances must agree with its lines. */
const mt: AnswerDialect = {
  ...camt,
  name: 'berlin-group (MT940)',
  contentType: 'text/plain; charset=utf-8',
  page: (rows) =>
    Buffer.from(
      mt940(
        rowsOf(rows).map((row) => ({
          minor: inCents(plain(row)) * (row.direction === 'debit' ? -1 : 1),
          text: `?20${row.reference}`,
          day: row.date,
          id: `T${row.order}`,
        })),
        { day: '2026-11-20' },
      ),
    ).toString(),
};

function inCents(amount: string): number {
  const [whole = '', fraction = ''] = amount.split('.');
  return Number(`${whole}${fraction.padEnd(2, '0')}`);
}

export const FILE_DIALECTS: readonly AnswerDialect[] = [camt, mt];
