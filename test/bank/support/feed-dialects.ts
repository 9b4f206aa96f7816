import { FNB } from '../../../bank/feeds/presets/fnb.ts';
import { STANDARD_BANK } from '../../../bank/feeds/presets/standard-bank.ts';
import type { FeedSettings } from '../../../bank/feeds/feed.ts';
import type { BankRequest } from './bank-server.ts';

export interface TestRow {
  readonly order: number;
  readonly date: string;
  /** As it stands in the JSON text: `250.10` or `"250.10"`. */
  readonly amount: string;
  readonly reference: string;
  readonly direction: 'credit' | 'debit';
}

/** What the contract suite must know of one kind of feed. */
export interface FeedDialect {
  readonly name: string;
  readonly settings: Pick<FeedSettings, 'kind' | 'key'> & Partial<FeedSettings>;
  /** What the bank's address has after its host, in settings. */
  readonly base: string;
  readonly path: string;
  readonly idStable: boolean;
  /** False where the feed asks for more days than it wants, and picks. */
  readonly asksExactly: boolean;
  /** How the window 2026-11-14 to 2026-11-20 stands in the address. */
  readonly askedDays: readonly string[];
  readonly row: (row: TestRow) => string;
  readonly page: (rows: readonly string[], page: number, pages: number) => string;
  readonly pageOf: (request: BankRequest) => number;
  readonly idOf: (row: TestRow) => string;
  readonly amountField: string;
  /** True where another field tells the direction, so that a sign is a contradiction. */
  readonly isUnsigned: boolean;
  /** Changes of a good row after which it must be refused. */
  readonly breaks: readonly (readonly [string, RegExp, string])[];
}

export const ACCOUNT = '3353431574710163189587446';
const PLAIN_ID = (row: TestRow) => `T${row.order}`;
const BY_PARAMETER = (request: BankRequest) => Number(request.url.searchParams.get('page') ?? '1');
const minus = (row: TestRow) =>
  row.direction === 'debit' ? row.amount.replace(/^("?)/, '$1-') : row.amount;

/** A plain decimal in the style of a dialect; anything else as it is. */
function styled(amount: string, style: (plain: string) => string): string {
  const plain = /^"?(-?[0-9]+(?:\.[0-9]+)?)"?$/.exec(amount)?.[1];
  return plain === undefined ? amount : `"${style(plain)}"`;
}

function inCents(plain: string): string {
  const [whole = '', fraction = ''] = plain.split('.');
  const cents = `${whole}${fraction.padEnd(2, '0').slice(0, 2)}`.replace(/^(-?)0+(?=[0-9])/, '$1');
  return fraction.length > 2 ? `${cents}.${fraction.slice(2)}` : cents;
}

const json: FeedDialect = {
  name: 'json',
  settings: { kind: 'json', key: 'KEY-canary' },
  base: '/transactions',
  path: '/transactions',
  idStable: false,
  asksExactly: true,
  askedDays: ['2026-11-14', '2026-11-20'],
  row: (row) =>
    `{"id":"T${row.order}","date":"${row.date}","amount":${row.amount},"currency":"ZAR","type":"${row.direction}",` +
    `"status":"booked","reference":"${row.reference}","description":"PAYSHAP CREDIT","balance":"10250.00"}`,
  page: (rows, page, pages) =>
    `{"transactions":[${rows.join(',')}],"page":${page},"pages":${pages}}`,
  pageOf: BY_PARAMETER,
  idOf: PLAIN_ID,
  amountField: 'amount',
  isUnsigned: true,
  breaks: [
    ['an unknown direction', /"type":"\w+"/, '"type":"both"'],
    ['an unknown status', /"status":"\w+"/, '"status":"done"'],
    ['no status', /"status":"\w+",/, ''],
    ['a number for a text', /"description":"[^"]*"/, '"description":5'],
    ['a balance that is none', /"balance":[^,}]+/, '"balance":"much"'],
    ['another account', /\{/, '{"accountId":"999",'],
  ],
};

const standardBank: FeedDialect = {
  ...json,
  name: 'json (standard-bank)',
  settings: { kind: 'json', key: 'KEY-canary', fieldMap: STANDARD_BANK },
  askedDays: ['2026-11-14', '2026-11-20', ACCOUNT],
  row: (row) =>
    `{"transactionId":"T${row.order}","postingDate":"${row.date.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$1$2$3')}",` +
    `"transactionAmount":${styled(minus(row), (plain) => plain.replace('.', ','))},"currencyCode":"ZAR",` +
    `"statusCode":"PST","remitterReference":"${row.reference}","runningBalance":"10250,00"}`,
  page: (rows, page, pages) =>
    `{"transactionList":[${rows.join(',')}],"nextCursor":${page < pages ? `"${page + 1}"` : 'null'}}`,
  pageOf: (request) => Number(request.url.searchParams.get('cursor') ?? '1'),
  amountField: 'transactionAmount',
  isUnsigned: false,
  breaks: [
    ['an unknown status', /"PST"/, '"NEW"'],
    ['a balance that is none', /"10250,00"/, '"10250.00"'],
    ['another currency', /ZAR/, 'EUR'],
  ],
};

const fnb: FeedDialect = {
  ...json,
  name: 'json (fnb)',
  settings: { kind: 'json', key: 'KEY-canary', fieldMap: FNB },
  askedDays: ['2026-11-14', '2026-11-20', ACCOUNT],
  row: (row) =>
    `{"transactionId":"T${row.order}","bookingDate":"${row.date.replaceAll('-', '/')}",` +
    `"amountInCents":${styled(row.amount, inCents)},"debitCreditIndicator":"${row.direction === 'credit' ? 'CR' : 'DR'}",` +
    `"currency":"ZAR","entryStatus":"POSTED","reference":"${row.reference}","balanceInCents":"1025000"}`,
  page: (rows, page, pages) =>
    `{"history":{"items":[${rows.join(',')}]},"links":{"next":${page < pages ? `"/transactions?page=${page + 1}"` : 'null'}}}`,
  amountField: 'amountInCents',
  breaks: [
    ['an unknown direction', /"CR"/, '"C"'],
    ['an unknown status', /"POSTED"/, '"posted"'],
    ['a balance that is none', /"1025000"/, '"10250.00"'],
  ],
};

const investec: FeedDialect = {
  ...json,
  name: 'investec',
  settings: { kind: 'investec', key: 'client:SECRET-canary:KEY-canary' },
  base: '',
  path: `/za/pb/v1/accounts/${ACCOUNT}/transactions`,
  idStable: true,
  row: (row) =>
    `{"accountId":"${ACCOUNT}","type":"${row.direction.toUpperCase()}","transactionType":"Deposits","status":"POSTED",` +
    `"description":"${row.reference}","cardNumber":"","postedOrder":${row.order},"postingDate":"${row.date}",` +
    `"amount":${row.amount},"runningBalance":10250}`,
  page: (rows, _page, pages) =>
    `{"data":{"transactions":[${rows.join(',')}]},"links":{"self":"x"},"meta":{"totalPages":${pages}}}`,
  idOf: (row) => `87446${row.date.replaceAll('-', '')}${row.order.toString().padStart(7, '0')}`,
  breaks: [
    ['an unknown direction', /"type":"\w+"/, '"type":"both"'],
    ['an unknown status', /"status":"\w+"/, '"status":"done"'],
    ['no status', /"status":"\w+",/, ''],
    ['a number for a text', /"description":"[^"]*"/, '"description":5'],
    ['a balance that is none', /"runningBalance":[^,}]+/, '"runningBalance":"much"'],
    ['another account', /"accountId":"\d+"/, '"accountId":"999"'],
  ],
};

const openBankingUk: FeedDialect = {
  ...json,
  name: 'open-banking-uk',
  settings: { kind: 'open-banking-uk', key: 'KEY-canary' },
  base: '/open-banking/v3.1/aisp/',
  path: `/open-banking/v3.1/aisp/accounts/${ACCOUNT}/transactions`,
  asksExactly: false,
  askedDays: ['2026-11-13T00:00:00', '2026-11-21T23:59:59'],
  row: (row) =>
    `{"AccountId":"${ACCOUNT}","TransactionId":"T${row.order}","TransactionReference":"${row.reference}",` +
    `"CreditDebitIndicator":"${row.direction === 'credit' ? 'Credit' : 'Debit'}","Status":"Booked",` +
    `"BookingDateTime":"${row.date}T00:00:00+00:00","Amount":{"Amount":${row.amount},"Currency":"ZAR"},` +
    `"Balance":{"Amount":{"Amount":"10250.00","Currency":"ZAR"},"CreditDebitIndicator":"Credit","Type":"InterimBooked"}}`,
  page: (rows, page, pages) =>
    `{"Data":{"Transaction":[${rows.join(',')}]},"Links":{"Self":"x"${page < pages ? `,"Next":"/open-banking/v3.1/aisp/accounts/${ACCOUNT}/transactions?page=${page + 1}"` : ''}},"Meta":{"TotalPages":${pages}}}`,
  amountField: 'Amount',
  breaks: [
    ['an unknown direction', /"Credit"/, '"Both"'],
    ['an unknown status', /"Booked"/, '"Done"'],
    ['an unknown mutability', /\{"AccountId"/, '{"TransactionMutability":"Perhaps","AccountId"'],
    ['another currency', /ZAR/, 'GBP'],
    ['another account', /"AccountId":"\d+"/, '"AccountId":"999"'],
    ['a balance that is none', /"10250.00"/, '"much"'],
  ],
};

const berlinGroup: FeedDialect = {
  ...json,
  name: 'berlin-group',
  settings: { kind: 'berlin-group', key: 'CONSENT-canary:KEY-canary' },
  base: '/v1',
  path: `/v1/accounts/${ACCOUNT}/transactions`,
  row: (row) =>
    `{"transactionId":"T${row.order}","bookingDate":"${row.date}","transactionAmount":{"amount":${minus(row)},"currency":"ZAR"},` +
    `"remittanceInformationUnstructured":"${row.reference}","balanceAfterTransaction":{"balanceAmount":{"amount":"10250.00","currency":"ZAR"}}}`,
  page: (rows, page, pages) =>
    `{"transactions":{"booked":[${rows.join(',')}]${page < pages ? `,"_links":{"next":{"href":"/v1/accounts/${ACCOUNT}/transactions?page=${page + 1}"}}` : ''}}}`,
  amountField: 'amount',
  isUnsigned: false,
  breaks: [
    ['another currency', /ZAR/, 'EUR'],
    ['no amount', /"transactionAmount"/, '"amountOfTransaction"'],
    ['a number for a text', /"remittanceInformationUnstructured":"[^"]*"/, '"endToEndId":5'],
    ['a payee of its own without a sign', /\{/, '{"creditorAccount":{"iban":"X1"},'],
  ],
};

const stitch: FeedDialect = {
  ...json,
  name: 'stitch',
  settings: { kind: 'stitch', key: 'client:SECRET-canary' },
  base: '',
  path: '/graphql',
  asksExactly: false,
  askedDays: [],
  row: (row) =>
    `{"cursor":"c","node":{"id":"T${row.order}","amount":{"quantity":${minus(row)},"currency":"ZAR"},` +
    `"date":"${row.date}T00:00:00.000Z","reference":"${row.reference}","description":null,` +
    `"runningBalance":{"quantity":"10250.00","currency":"ZAR"}}}`,
  page: (rows, page, pages) =>
    `{"data":{"node":{"id":"${ACCOUNT}","transactions":{"pageInfo":{"hasNextPage":${String(page < pages)},` +
    `"endCursor":"${page + 1}"},"edges":[${rows.join(',')}]}}}}`,
  pageOf: (request) => Number(/"after":"(\d+)"/.exec(request.body)?.[1] ?? '1'),
  amountField: 'quantity',
  isUnsigned: false,
  breaks: [
    ['another currency', /ZAR/, 'GBP'],
    ['a number for a text', /"description":null/, '"description":5'],
    ['a balance that is none', /"10250.00"/, '"much"'],
  ],
};

export const FEED_DIALECTS: readonly FeedDialect[] = [
  json,
  standardBank,
  fnb,
  investec,
  openBankingUk,
  berlinGroup,
  stitch,
];
