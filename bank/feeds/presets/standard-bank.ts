import { parseFieldMap } from '../../json/field-map.ts';

/**
 * A template for Standard Bank, whose API is for partners and whose fields are not public: copy it, and replace the names by
 * those of your contract. Signed amounts with a decimal comma, days without dashes, paging by cursor.
 */
export const STANDARD_BANK = parseFieldMap({
  version: 'standard-bank-template-1',
  request: { account: 'account', from: 'fromDate', to: 'toDate' },
  rows: 'transactionList',
  paging: { kind: 'cursor', parameter: 'cursor', next: 'nextCursor' },
  id: 'transactionId',
  account: 'account',
  bookingDate: 'postingDate',
  valueDate: 'effectiveDate',
  dateFormat: 'YYYYMMDD',
  amountKind: 'signed',
  amount: 'transactionAmount',
  decimalMark: ',',
  status: { field: 'statusCode', booked: ['PST'], pending: ['PND'] },
  currency: 'currencyCode',
  references: ['remitterReference', 'narrative'],
  text: ['narrative'],
  runningBalance: 'runningBalance',
});
