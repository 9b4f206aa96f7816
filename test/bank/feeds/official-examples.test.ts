import { describe, expect, it } from 'vitest';
import { createFeed } from '../../../bank/feeds/create-feed.ts';
import type { FeedSettings } from '../../../bank/feeds/feed.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { sendJson, startBank } from '../support/bank-server.ts';
import { failureOf } from '../support/samples.ts';

/** Reads a response of a bank whose account is in `currency`. */
async function read(body: object, settings: Pick<FeedSettings, 'kind'> & Partial<FeedSettings>) {
  const bank = await startBank((request, response) => {
    const isToken = request.url.pathname.includes('token');
    sendJson(response, isToken ? '{"access_token":"t","expires_in":1799}' : JSON.stringify(body));
  });
  const feed = createFeed({
    url: bank.url,
    key: 'a:b:c',
    accountId: '22289',
    timeZone: 'Europe/London',
    currency: 'GBP',
    ...settings,
  });
  const window = { from: parseLocalDate('2017-01-01'), to: parseLocalDate('2026-12-31') };
  return feed.fetchWindow(window, new AbortController().signal, () => undefined);
}

/** A transaction as the specification of Open Banking UK shows it, with every field of version 4.0. */
const UK = {
  AccountId: '22289',
  TransactionId: '123',
  TransactionReference: 'Ref 1',
  StatementReference: ['002'],
  CreditDebitIndicator: 'Credit',
  Status: 'BOOK',
  TransactionMutability: 'Immutable',
  BookingDateTime: '2017-04-05T10:43:07+00:00',
  ValueDateTime: '2017-04-05T10:45:22+00:00',
  TransactionInformation: 'Cash from Aubrey',
  AddressLine: 'x',
  Amount: { Amount: '10.00', Currency: 'GBP' },
  ChargeAmount: { Amount: '0.10', Currency: 'GBP' },
  CurrencyExchange: { SourceCurrency: 'USD', ExchangeRate: 1.2 },
  BankTransactionCode: { Code: 'ReceivedCreditTransfer', SubCode: 'DomesticCreditTransfer' },
  ProprietaryBankTransactionCode: { Code: 'Transfer', Issuer: 'AlphaBank' },
  ExtendedProprietaryBankTransactionCodes: [{ Code: 'x', Issuer: 'y', Description: 'z' }],
  Balance: {
    Amount: { Amount: '230.00', Currency: 'GBP' },
    CreditDebitIndicator: 'Credit',
    Type: 'ITBD',
  },
  MerchantDetails: { MerchantName: 'x', MerchantCategoryCode: '0742' },
  CreditorAgent: { SchemeName: 'UK.OBIE.BICFI', Identification: 'x', LEI: 'x' },
  CreditorAccount: { SchemeName: 'x', Identification: '80200112344562', Name: 'Jane Smith' },
  DebtorAgent: { SchemeName: 'UK.OBIE.BICFI', Identification: 'x' },
  DebtorAccount: { SchemeName: 'x', Identification: '80200112344563', Name: 'Aubrey' },
  CardInstrument: { CardSchemeName: 'VISA' },
  SupplementaryData: {},
  CategoryPurposeCode: 'BONU',
  PaymentPurposeCode: 'BKDF',
  UltimateCreditor: { Name: 'x', LEI: 'x' },
  UltimateDebtor: { Name: 'x' },
  IntermediaryAgent1: { Name: 'x', ProcessingStatus: 'PDNG' },
};

const ukPage = (...rows: readonly object[]) => ({
  Data: { Transaction: rows },
  Links: { Self: 'https://api.alphabank.com/accounts/22289/transactions/' },
  Meta: {
    TotalPages: 1,
    FirstAvailableDateTime: '2017-05-03T00:00:00+00:00',
    LastAvailableDateTime: '2017-12-03T00:00:00+00:00',
  },
});

describe('the example of Open Banking UK', () => {
  it.each([
    ['4.0', UK],
    ['3.1', { ...UK, Status: 'Booked', Balance: { ...UK.Balance, Type: 'InterimBooked' } }],
  ])('reads whole in version %s, without an unknown field', async (_version, row) => {
    const snapshot = await read(ukPage(row), { kind: 'open-banking-uk', key: 'k' });
    expect(snapshot).toMatchObject({ unknownFields: [], unreadable: [], warnings: [] });
    expect(snapshot.sightings).toMatchObject([
      {
        bankId: '123',
        bookingDate: '2017-04-05',
        amountMinor: 1_000n,
        direction: 'credit',
        status: 'booked',
        references: ['Ref 1', 'Cash from Aubrey'],
        counterparty: { name: 'Aubrey' },
        runningBalanceMinor: 23_000n,
      },
    ]);
  });

  it('shows a mutable row as pending, as the standard lets the bank remove it', async () => {
    const row = { ...UK, TransactionMutability: 'Mutable' };
    const { sightings } = await read(ukPage(row), { kind: 'open-banking-uk', key: 'k' });
    expect(sightings.map(({ status }) => status)).toEqual(['pending']);
  });
});

/** The regular list of the Berlin Group's implementation guidelines: amounts without a sign, but for a pending one. */
const BERLIN = {
  account: { iban: 'DE2310010010123456788' },
  transactions: {
    booked: [
      {
        transactionId: '1234567',
        creditorName: 'John Miles',
        creditorAccount: { iban: 'DE67100100101306118605' },
        transactionAmount: { currency: 'EUR', amount: '256.67' },
        bookingDate: '2017-10-25',
        valueDate: '2017-10-26',
        remittanceInformationUnstructured: 'Example 1',
      },
      {
        transactionId: '1234568',
        debtorName: 'Paul Simpson',
        debtorAccount: { iban: 'NL76RABO0359400371' },
        transactionAmount: { currency: 'EUR', amount: '343.01' },
        bookingDate: '2017-10-25',
        valueDate: '2017-10-26',
        remittanceInformationUnstructured: 'Example 2',
      },
    ],
    pending: [
      {
        transactionId: '1234569',
        creditorName: 'Claude Renault',
        creditorAccount: { iban: 'FR7612345987650123456789014' },
        transactionAmount: { currency: 'EUR', amount: '-100.03' },
        valueDate: '2017-10-26',
        remittanceInformationUnstructured: 'Example 3',
      },
    ],
    information: [
      {
        creditorName: 'John Miles',
        creditorAccount: { iban: 'DE67100100101306118605' },
        transactionAmount: { currency: 'EUR', amount: '256.67' },
        additionalInformationStructured: {
          standingOrderDetails: { startDate: '2018-03-01', frequency: 'monthly' },
        },
      },
    ],
    _links: { account: { href: '/v1/accounts/3dc3d5b3-7023-4848-9853-f5400a64e80f' } },
  },
};

describe('the example of the Berlin Group', () => {
  const account = {
    kind: 'berlin-group',
    key: 't',
    currency: 'EUR',
    accountId: '3dc3d5b3',
  } as const;

  it('fails for an account with signs, and says what to set', async () => {
    expect((await failureOf(read(BERLIN, account))).message).toContain('BANK_AMOUNTS=unsigned');
  });

  it('reads whole with that setting', async () => {
    const snapshot = await read(BERLIN, { ...account, amounts: 'unsigned' });
    expect(snapshot).toMatchObject({ unknownFields: [], unreadable: [] });
    expect(snapshot.sightings).toMatchObject([
      { direction: 'debit', amountMinor: 25_667n, references: ['Example 1'], status: 'booked' },
      { direction: 'credit', amountMinor: 34_301n, references: ['Example 2'], status: 'booked' },
    ]);
  });
});

describe('the example of Investec', () => {
  const row = {
    accountId: '22289',
    type: 'CREDIT',
    transactionType: 'Deposits',
    status: 'POSTED',
    description: 'CREDIT INTEREST',
    cardNumber: '',
    postedOrder: 1,
    postingDate: '2020-06-11',
    valueDate: '2020-06-10',
    actionDate: '2020-06-18',
    transactionDate: '2020-06-10',
    amount: 535.25,
    runningBalance: 28857.76,
    uuid: '2228920200611000000001',
  };
  const page = (shown: object, totalPages: string | number) => ({
    data: { transactions: [shown] },
    links: { self: 'https://openapi.investec.com/za/pb/v1/accounts/22289/transactions' },
    meta: { totalPages },
  });

  it.each([
    ['with numbers', row, 1],
    [
      'with numbers as texts, as simulators write them',
      { ...row, postedOrder: '1', amount: '535.25', runningBalance: '28857.76' },
      '1',
    ],
  ])('reads whole %s', async (_name, shown, totalPages) => {
    const snapshot = await read(page(shown, totalPages), { kind: 'investec', currency: 'ZAR' });
    expect(snapshot).toMatchObject({ unknownFields: [], unreadable: [] });
    expect(snapshot.sightings).toMatchObject([
      { amountMinor: 53_525n, runningBalanceMinor: 2_885_776n, bankId: '22289202006110000001' },
    ]);
  });
});
