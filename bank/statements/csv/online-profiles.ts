const PAYPAL = {
  header: 'Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID'.split(','),
  otherColumns: true,
  datesDecide: true,
  columns: {
    bookingDate: 'Date',
    amount: { kind: 'signed', column: 'Gross' },
    fee: 'Fee',
    balance: 'Balance',
    currency: 'Currency',
    bankId: 'Transaction ID',
    references: ['Custom Number', 'Invoice Number', 'Subject', 'Note', 'Item Title'],
    text: ['Type', 'Name'],
    counterparty: 'Name',
    // Memos are shown beside the movements and move nothing.
    only: { column: 'Balance Impact', values: ['Credit', 'Debit'] },
    status: {
      column: 'Status',
      // What is refunded later was paid first: the refund has a row of its own.
      booked: ['Completed', 'Refunded', 'Partially Refunded', 'Reversed'],
      pending: ['Pending', 'Processing', 'On Hold', 'Unclaimed', 'Held', 'Uncleared'],
      skip: 'Denied,Canceled,Cancelled,Failed,Expired,Removed,Voided,Returned,Active,Created'.split(
        ',',
      ),
    },
  },
  feeSign: 'signed',
  thousandsMark: ',',
  currency: 'USD',
};

/**
 * Exports of online banks and payment providers. Their headers gain columns now and then, so each lists only those that it
 * needs. Days are as the file writes them: of UTC where its header says so.
 */
export const ONLINE_PROFILES: readonly unknown[] = [
  {
    // The statement of one balance. Its amounts contain the fees, and fees that stand alone are rows of their own.
    name: 'wise',
    header:
      'TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,Payer Name'.split(
        ',',
      ),
    otherColumns: true,
    columns: {
      bookingDate: 'Date',
      amount: { kind: 'signed', column: 'Amount' },
      balance: 'Running Balance',
      currency: 'Currency',
      bankId: 'TransferWise ID',
      references: ['Payment Reference'],
      text: ['Description'],
      counterparty: 'Payer Name',
    },
    dateFormats: ['DD-MM-YYYY', 'YYYY-MM-DD'],
    currency: 'GBP',
  },
  {
    name: 'revolut',
    header: 'Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State'.split(
      ',',
    ),
    otherColumns: true,
    columns: {
      bookingDate: 'Completed Date',
      amount: { kind: 'signed', column: 'Amount' },
      fee: 'Fee',
      balance: 'Balance',
      currency: 'Currency',
      // Pockets, savings and deposits have balances of their own.
      only: { column: 'Product', values: ['Current'] },
      references: ['Description'],
      text: ['Type'],
      status: {
        column: 'State',
        booked: ['COMPLETED'],
        pending: ['PENDING'],
        skip: ['REVERTED', 'DECLINED', 'FAILED'],
      },
    },
    feeSign: 'charge',
    dateFormats: ['YYYY-MM-DD', 'DD/MM/YYYY'],
    currency: 'GBP',
  },
  {
    name: 'revolut-business',
    header:
      'Date completed (UTC),ID,Type,State,Description,Reference,Payer,Payment currency,Amount,Fee,Balance,Account'.split(
        ',',
      ),
    otherColumns: true,
    columns: {
      bookingDate: 'Date completed (UTC)',
      amount: { kind: 'signed', column: 'Amount' },
      fee: 'Fee',
      balance: 'Balance',
      currency: 'Payment currency',
      account: 'Account',
      bankId: 'ID',
      references: ['Reference', 'Description'],
      text: ['Type'],
      counterparty: 'Payer',
      status: {
        column: 'State',
        booked: ['COMPLETED'],
        pending: ['PENDING', 'CREATED'],
        skip: ['REVERTED', 'DECLINED', 'FAILED'],
      },
    },
    feeSign: 'charge',
    dateFormats: ['YYYY-MM-DD', 'DD/MM/YYYY'],
    currency: 'GBP',
  },
  {
    // States no balance, so nothing proves that it is whole.
    name: 'mercury',
    header: 'Date (UTC),Description,Amount,Status,Source Account,Bank Description,Reference'.split(
      ',',
    ),
    otherColumns: true,
    columns: {
      bookingDate: 'Date (UTC)',
      amount: { kind: 'signed', column: 'Amount' },
      account: 'Source Account',
      bankId: 'Tracking ID',
      references: ['Reference', 'Bank Description'],
      text: ['Description'],
      counterparty: 'Description',
      status: {
        column: 'Status',
        booked: ['Sent', 'Received', 'Completed'],
        pending: ['Pending', 'Reversed'],
        skip: ['Failed', 'Cancelled', 'Canceled', 'Blocked'],
      },
    },
    dateFormats: ['MM-DD-YYYY', 'YYYY-MM-DD'],
    thousandsMark: ',',
    currency: 'USD',
  },
  { name: 'paypal', ...PAYPAL, dateFormats: ['MM/DD/YYYY'] },
  { name: 'paypal-day-first', ...PAYPAL, dateFormats: ['DD/MM/YYYY'] },
];
