import { parseCsvProfile, type CsvProfile } from './csv-profile.ts';
import { ONLINE_PROFILES } from './online-profiles.ts';

const CAPITEC_HEADER =
  'Nr,Account,Posting Date,Transaction Date,Description,Original Description,Parent Category,Category,Money In,Money Out,Fee,Balance';
const BANK_ZERO_HEADER =
  'Date,Day,Time,Type,Description 1,Description 2,Fee,Amount,Balance,Has Attachments';
const bankZero = {
  columns: {
    bookingDate: 'Date',
    amount: { kind: 'signed', column: 'Amount' },
    balance: 'Balance',
    references: ['Description 2'],
    text: ['Description 1'],
  },
  dateFormats: ['YYYY-MM-DD'],
  thousandsMark: ',',
};
/** Preamble of FNB's e-mailed statement: record 3 holds the number, the days and both balances. */
const inRecord3 = (column: number) => ({ label: '3', column });
const recreated = {
  startsWith: 'Recreated Statement',
  header: 'Effective Date,Description,Reference,Service Fee,Debit / Credit,Amount,Balance'.split(
    ',',
  ),
  preambleRows: 20,
  preamble: {
    account: 'Account Number',
    opening: 'Opening Balance',
    closing: 'Closing Balance',
    debits: 'Debits',
    credits: 'Credits',
    debitCount: 'Number of Debits',
    creditCount: 'Number of Credits',
  },
  columns: {
    bookingDate: 'Effective Date',
    amount: { kind: 'signed', column: 'Amount' },
    balance: 'Balance',
    references: ['Reference'],
    text: ['Description'],
  },
  dateFormats: ['YYYYMMDD'],
};

/** Known banks' layouts, tried in this order; a user's own profile has the same shape. */
export const CSV_PROFILES: readonly CsvProfile[] = [
  {
    name: 'fnb-history',
    startsWith: 'ACCOUNT TRANSACTION HISTORY',
    header: ['Date', 'Amount', 'Balance', 'Description'],
    preambleRows: 12,
    preamble: { account: 'Account' },
    columns: {
      bookingDate: 'Date',
      amount: { kind: 'signed', column: 'Amount' },
      balance: 'Balance',
      references: ['Description'],
    },
    dateFormats: ['YYYY/MM/DD'],
  },
  {
    name: 'fnb-business',
    header: 'Date,SERVICE FEE,Amount,DESCRIPTION,REFERENCE,Balance,CHEQUE NUMBER'.split(','),
    preambleRows: 6,
    preamble: { account: 'FOR ACCOUNT NUMBER' },
    columns: {
      bookingDate: 'Date',
      amount: { kind: 'signed', column: 'Amount' },
      balance: 'Balance',
      references: ['REFERENCE'],
      text: ['DESCRIPTION'],
    },
    dateFormats: ['YYYY-MM-DD', 'YYYY/MM/DD'],
  },
  { name: 'fnb-recreated', ...recreated, delimiter: ',' },
  { name: 'fnb-recreated-tab', ...recreated, delimiter: '\t' },
  {
    name: 'fnb-emailed',
    quote: "'",
    header:
      '5,Number,Date,Description1,Description2,Description3,Amount,Balance,Accrued Charges'.split(
        ',',
      ),
    preambleRows: 12,
    preamble: {
      account: { label: '2', column: 2 },
      period: '3',
      opening: inRecord3(5),
      closing: inRecord3(6),
    },
    recordType: '5',
    columns: {
      bookingDate: 'Date',
      amount: { kind: 'signed', column: 'Amount' },
      balance: 'Balance',
      references: ['Description2', 'Description3'],
      text: ['Description1'],
    },
    dateFormats: ['DD MMM'],
  },
  {
    name: 'standard-bank-business',
    header:
      'Date,Value Date,Statement Number,Description,Amount,Balance,Type,Originator Reference,Customer Reference'.split(
        ',',
      ),
    preambleRows: 20,
    preamble: { account: ['Account No', 'Account Number'], currency: 'Currency' },
    columns: {
      bookingDate: 'Date',
      valueDate: 'Value Date',
      amount: { kind: 'signed', column: 'Amount' },
      balance: 'Balance',
      references: ['Customer Reference', 'Originator Reference'],
      text: ['Description'],
    },
    dateFormats: ['YYYY/MM/DD'],
    thousandsMark: ',',
    openingRow: 'OPEN BALANCE',
    closingRow: 'CLOSE BALANCE',
  },
  {
    name: 'standard-bank-personal',
    startsWith: { column: 3, text: 'BRANCH' },
    columnCount: 8,
    preambleRows: 2,
    preamble: { account: { label: 'ACC-NO', labelColumn: 3, column: 2 } },
    recordType: 'HIST',
    columns: {
      bookingDate: 2,
      amount: { kind: 'signed', column: 4 },
      references: [6],
      text: [5],
    },
    dateFormats: ['YYYYMMDD'],
    openingRow: 'OPEN BALANCE',
    closingRow: 'CLOSE BALANCE',
  },
  {
    name: 'capitec',
    header: CAPITEC_HEADER.split(','),
    columns: {
      bookingDate: 'Posting Date',
      valueDate: 'Transaction Date',
      amount: { kind: 'columns', credit: 'Money In', debit: 'Money Out' },
      fee: 'Fee',
      balance: 'Balance',
      account: 'Account',
      references: ['Original Description'],
      text: ['Description'],
    },
    dateFormats: ['YYYY-MM-DD'],
    // A declined card payment over the limit.
    skip: ['Exc W/lim*'],
    pendingPrefix: '(Pending) ',
  },
  {
    name: 'capitec-older',
    header:
      'Sequence Number,Account,Posting Date,Transaction Date,Statement Description,Long Description,Parent Category,Sub-category,Debit Amount,Credit Amount,Balance'.split(
        ',',
      ),
    preambleRows: 1,
    columns: {
      bookingDate: 'Posting Date',
      valueDate: 'Transaction Date',
      amount: { kind: 'columns', credit: 'Credit Amount', debit: 'Debit Amount' },
      balance: 'Balance',
      account: 'Account',
      references: ['Long Description'],
      text: ['Statement Description'],
    },
    dateFormats: ['DD/MM/YYYY'],
  },
  {
    name: 'capitec-business',
    startsWith: 'Balance brought forward:',
    header: 'Account,Date,Description,Reference,Amount,Fees,Balance'.split(','),
    preambleRows: 4,
    preamble: { opening: 'Balance brought forward:' },
    columns: {
      bookingDate: 'Date',
      amount: { kind: 'signed', column: 'Amount' },
      fee: 'Fees',
      balance: 'Balance',
      account: 'Account',
      references: ['Reference'],
      text: ['Description'],
    },
    dateFormats: ['DD/MM/YYYY'],
    endRow: 'Total:',
  },
  { name: 'bank-zero', header: BANK_ZERO_HEADER.split(','), ...bankZero },
  {
    name: 'bank-zero-id',
    header: ['Transaction Id', ...BANK_ZERO_HEADER.split(',')],
    ...bankZero,
    columns: { ...bankZero.columns, bankId: 'Transaction Id' },
  },
  {
    name: 'investec',
    header: 'Transaction Date,Posting Date,Description,Debits,Credits,Balance'.split(','),
    preambleRows: 1,
    preamble: { account: 'Account Name' },
    columns: {
      bookingDate: 'Posting Date',
      valueDate: 'Transaction Date',
      amount: { kind: 'columns', credit: 'Credits', debit: 'Debits' },
      balance: 'Balance',
      references: ['Description'],
    },
    dateFormats: ['YYYY-MM-DD', 'YYYY/MM/DD', 'DD/MM/YYYY', 'DD MMM YYYY'],
    thousandsMark: ',',
  },
  absa('absa', ['Date', 'Description', 'Amount', 'Balance']),
  absa('absa-no-balance', ['Date', 'Description', 'Amount', '']),
  {
    name: 'nedbank',
    startsWith: 'Statement Enquiry :',
    preambleRows: 6,
    preamble: { account: 'Account Number :' },
    columns: {
      bookingDate: 1,
      amount: { kind: 'signed', column: 3 },
      balance: 4,
      references: [2],
    },
    dateFormats: ['DDMMMYYYY', 'DD-MMM-YY', 'DD-MMM-YYYY'],
    skip: ['VAT*'],
    openingRow: 'BROUGHT FORWARD',
    closingRow: 'CARRIED FORWARD',
    provisionalRow: 'PROVISIONAL STATEMENT',
  },
  {
    name: 'hsbc',
    header: ['Date', 'Type', 'Description', 'Amount', 'Balance'],
    columns: {
      bookingDate: 'Date',
      amount: { kind: 'signed', column: 'Amount' },
      balance: 'Balance',
      references: ['Description'],
      text: ['Type'],
    },
    dateFormats: ['DD MMM YYYY'],
    currency: 'GBP',
  },
  ...ONLINE_PROFILES,
].map(parseCsvProfile);

function absa(name: string, header: readonly string[]) {
  return {
    name,
    header,
    columns: {
      bookingDate: 1,
      amount: { kind: 'signed', column: 3 },
      balance: 4,
      references: [2],
    },
    dateFormats: ['YYYYMMDD'],
  };
}
