import { parseFieldMap } from '../../json/field-map.ts';

/**
 * A template for FNB and RMB, whose Integration Channel needs a contract: copy it, and replace the names by those of your
 * contract. Unsigned amounts in cents with an indicator, days with slashes, paging by link.
 */
export const FNB = parseFieldMap({
  version: 'fnb-template-1',
  request: { account: 'accountNumber', from: 'startDate', to: 'endDate' },
  rows: '/history/items',
  paging: { kind: 'link', next: '/links/next' },
  id: 'transactionId',
  account: 'accountNumber',
  bookingDate: 'bookingDate',
  valueDate: 'valueDate',
  dateFormat: 'YYYY/MM/DD',
  amountKind: 'unsigned+indicator',
  amount: 'amountInCents',
  unit: 'minor',
  indicator: { field: 'debitCreditIndicator', credit: ['CR'], debit: ['DR'] },
  status: { field: 'entryStatus', booked: ['POSTED'], pending: ['MEMO'] },
  currency: 'currency',
  references: ['reference', 'details'],
  text: ['details'],
  runningBalance: 'balanceInCents',
});
