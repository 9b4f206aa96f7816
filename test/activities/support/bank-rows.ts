import { BANK_ACCOUNT } from './polled-bank.ts';

const DAY = '2026-11-20';
let lastId = 0;

/** A row of the default wire format. */
export const plain = (given: object = {}) => ({
  id: `T${(lastId += 1)}`,
  date: DAY,
  amount: '50.00',
  currency: 'ZAR',
  type: 'credit',
  status: 'booked',
  reference: 'x',
  description: 'PAYSHAP CREDIT',
  ...given,
});

export const uk = (given: object = {}) => ({
  AccountId: BANK_ACCOUNT,
  TransactionId: `U${(lastId += 1)}`,
  CreditDebitIndicator: 'Credit',
  Status: 'Booked',
  BookingDateTime: `${DAY}T08:00:00Z`,
  Amount: { Amount: '50.00', Currency: 'ZAR' },
  TransactionInformation: 'x',
  ...given,
});

export const investec = (given: object = {}) => ({
  accountId: BANK_ACCOUNT,
  type: 'CREDIT',
  transactionType: 'Deposits',
  status: 'POSTED',
  description: 'x',
  postedOrder: (lastId += 1),
  postingDate: DAY,
  amount: 50,
  ...given,
});

export const berlin = (given: object = {}) => ({
  transactionId: `B${(lastId += 1)}`,
  bookingDate: DAY,
  transactionAmount: { amount: '50.00', currency: 'ZAR' },
  remittanceInformationUnstructured: 'x',
  ...given,
});

export const CODED = {
  json: (code: string) => plain({ reference: code }),
  'open-banking-uk': (code: string) => uk({ TransactionInformation: code }),
  investec: (code: string) => investec({ description: code }),
  'berlin-group': (code: string) => berlin({ remittanceInformationUnstructured: code }),
};
