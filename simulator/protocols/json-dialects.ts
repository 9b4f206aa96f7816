import { jsonArray, jsonObject } from '../json-text.ts';
import type { BankLine, StatementRow } from '../line.ts';
import { decimalText, numberLiteral } from '../money-text.ts';
import type { Page } from '../paging.ts';
import type { Options } from '../options.ts';

/** One bank's dialect of the plain protocol: request parameters and responses. */
export interface JsonDialect {
  readonly parameters: {
    readonly account: string;
    readonly from: string;
    readonly to: string;
    readonly page: string;
  };
  /** One row; `balanceMinor` is null while pending and in events. */
  readonly row: (row: StatementRow, shown: ShownAs) => string;
  /** @param nextUrl URL of the next page; null on the last */
  readonly answer: (rows: readonly string[], page: Page<unknown>, nextUrl: string | null) => string;
}

interface ShownAs {
  readonly id: string;
  readonly amountsAsNumbers: boolean;
}

type Field = readonly [string, string];

const text = (value: string) => JSON.stringify(value);

function balanceField(
  name: string,
  balanceMinor: bigint | null,
  write: (minor: bigint) => string,
): readonly Field[] {
  return balanceMinor === null ? [] : [[name, write(balanceMinor)]];
}

const plain: JsonDialect = {
  parameters: { account: 'accountId', from: 'from', to: 'to', page: 'page' },
  row({ line, balanceMinor }, { id, amountsAsNumbers }) {
    const money = (minor: bigint) =>
      amountsAsNumbers ? numberLiteral(minor) : text(decimalText(minor));
    return jsonObject([
      ['id', text(id)],
      ['date', text(line.bookingDate)],
      ['amount', money(line.amountMinor)],
      ['currency', '"ZAR"'],
      ['type', text(line.direction)],
      ['status', text(line.status)],
      ['reference', text(line.reference)],
      ['description', text(line.description)],
      ...balanceField('balance', balanceMinor, money),
    ]);
  },
  answer: (rows, { page, pages }) =>
    jsonObject([
      ['transactions', jsonArray(rows)],
      ['page', page.toString()],
      ['pages', pages.toString()],
    ]),
};

/** Signed amounts with a decimal comma, days without dashes, and a cursor. */
const standardBank: JsonDialect = {
  parameters: { account: 'account', from: 'fromDate', to: 'toDate', page: 'cursor' },
  row({ line, balanceMinor }, { id }) {
    const day = text(line.bookingDate.replaceAll('-', ''));
    const money = (minor: bigint) => text(decimalText(minor).replace('.', ','));
    return jsonObject([
      ['transactionId', text(id)],
      ['postingDate', day],
      ['effectiveDate', day],
      ['transactionAmount', money(signed(line))],
      ['currencyCode', '"ZAR"'],
      ['statusCode', line.status === 'booked' ? '"PST"' : '"PND"'],
      ['remitterReference', text(line.reference)],
      ['narrative', text(line.description)],
      ...balanceField('runningBalance', balanceMinor, money),
    ]);
  },
  answer: (rows, { page }, nextUrl) =>
    jsonObject([
      ['transactionList', jsonArray(rows)],
      ['nextCursor', nextUrl === null ? 'null' : text((page + 1).toString())],
    ]),
};

/** Unsigned cents with an indicator, days with slashes, and a link. */
const fnb: JsonDialect = {
  parameters: { account: 'accountNumber', from: 'startDate', to: 'endDate', page: 'page' },
  row({ line, balanceMinor }, { id }) {
    const day = text(line.bookingDate.replaceAll('-', '/'));
    return jsonObject([
      ['transactionId', text(id)],
      ['bookingDate', day],
      ['valueDate', day],
      ['amountInCents', text(line.amountMinor.toString())],
      ['debitCreditIndicator', line.direction === 'credit' ? '"CR"' : '"DR"'],
      ['currency', '"ZAR"'],
      ['entryStatus', line.status === 'booked' ? '"POSTED"' : '"MEMO"'],
      ['reference', text(line.reference)],
      ['details', text(line.description)],
      ...balanceField('balanceInCents', balanceMinor, (minor) => text(minor.toString())),
    ]);
  },
  answer: (rows, _page, nextUrl) =>
    jsonObject([
      ['history', jsonObject([['items', jsonArray(rows)]])],
      ['links', jsonObject([['next', nextUrl === null ? 'null' : text(nextUrl)]])],
    ]),
};

export const JSON_DIALECTS: Readonly<Record<Options['jsonDialect'], JsonDialect>> = {
  default: plain,
  'standard-bank': standardBank,
  fnb,
};

/** Credits > 0, debits < 0. */
export function signed(line: BankLine): bigint {
  return line.direction === 'credit' ? line.amountMinor : -line.amountMinor;
}
