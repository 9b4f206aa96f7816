import { ACCOUNT, json, minus, type FeedDialect } from './feed-dialect.ts';
import { customMap, fnb, standardBank } from './map-dialects.ts';

const investec: FeedDialect = {
  ...json,
  name: 'investec',
  tokenPath: '/identity/v2/oauth2/token',
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
    ['another account', /"accountId":"\d+"/, '"accountId":"999"'],
  ],
  brokenBalance: [/"runningBalance":[^,}]+/, '"runningBalance":"much"'],
};

const ukPath = `/open-banking/v3.1/aisp/accounts/${ACCOUNT}/transactions`;
const ukPage = (rows: readonly string[], next: string, pages = 2) =>
  `{"Data":{"Transaction":[${rows.join(',')}]},"Links":{"Self":"x","Next":${next}},"Meta":{"TotalPages":${pages}}}`;

const openBankingUk: FeedDialect = {
  ...json,
  name: 'open-banking-uk',
  settings: { kind: 'open-banking-uk', key: 'KEY-canary' },
  base: '/open-banking/v3.1/aisp/',
  path: ukPath,
  asksExactly: false,
  askedDays: ['2026-11-13T00:00:00', '2026-11-21T23:59:59'],
  row: (row) =>
    `{"AccountId":"${ACCOUNT}","TransactionId":"T${row.order}","TransactionReference":"${row.reference}",` +
    `"CreditDebitIndicator":"${row.direction === 'credit' ? 'Credit' : 'Debit'}","Status":"Booked",` +
    `"BookingDateTime":"${row.date}T00:00:00+00:00","Amount":{"Amount":${row.amount},"Currency":"ZAR"},` +
    `"Balance":{"Amount":{"Amount":"10250.00","Currency":"ZAR"},"CreditDebitIndicator":"Credit","Type":"InterimBooked"}}`,
  page: (rows, page, pages) =>
    ukPage(rows, page < pages ? `"${ukPath}?page=${page + 1}"` : 'null', pages),
  leadsBy: 'link',
  leadingTo: ukPage,
  amountField: 'Amount',
  breaks: [
    ['an unknown direction', /"Credit"/, '"Both"'],
    ['an unknown status', /"Booked"/, '"Done"'],
    ['an unknown mutability', /\{"AccountId"/, '{"TransactionMutability":"Perhaps","AccountId"'],
    ['another currency', /ZAR/, 'GBP'],
    ['another account', /"AccountId":"\d+"/, '"AccountId":"999"'],
  ],
  brokenBalance: [/"10250.00"/, '"much"'],
};

const berlinPath = `/v1/accounts/${ACCOUNT}/transactions`;
const berlinPage = (rows: readonly string[], next: string) =>
  `{"transactions":{"booked":[${rows.join(',')}],"_links":{"next":{"href":${next}}}}}`;

export const berlinGroup: FeedDialect = {
  ...json,
  name: 'berlin-group',
  settings: { kind: 'berlin-group', key: 'CONSENT-canary:KEY-canary' },
  base: '/v1',
  path: berlinPath,
  position: /^page 1, booked row 1$/,
  row: (row) =>
    `{"transactionId":"T${row.order}","bookingDate":"${row.date}","transactionAmount":{"amount":${minus(row)},"currency":"ZAR"},` +
    `"remittanceInformationUnstructured":"${row.reference}","balanceAfterTransaction":{"balanceAmount":{"amount":"10250.00","currency":"ZAR"}}}`,
  page: (rows, page, pages) =>
    berlinPage(rows, page < pages ? `"${berlinPath}?page=${page + 1}"` : 'null'),
  leadsBy: 'link',
  leadingTo: berlinPage,
  amountField: 'amount',
  isUnsigned: false,
  breaks: [
    ['another currency', /ZAR/, 'EUR'],
    ['no amount', /"transactionAmount"/, '"amountOfTransaction"'],
  ],
  brokenBalance: [/"10250.00"/, '"much"'],
};

const stitchPage = (rows: readonly string[], next: string, hasNext = true) =>
  `{"data":{"node":{"id":"${ACCOUNT}","transactions":{"pageInfo":{"hasNextPage":${String(hasNext)},` +
  `"endCursor":${next}},"edges":[${rows.join(',')}]}}}}`;

const stitch: FeedDialect = {
  ...json,
  name: 'stitch',
  tokenPath: '/connect/token',
  settings: { kind: 'stitch', key: 'client:SECRET-canary' },
  base: '',
  path: '/graphql',
  asksExactly: false,
  askedDays: [],
  row: (row) =>
    `{"cursor":"c","node":{"id":"T${row.order}","amount":{"quantity":${minus(row)},"currency":"ZAR"},` +
    `"date":"${row.date}T00:00:00.000Z","reference":"${row.reference}","description":null,` +
    `"runningBalance":{"quantity":"10250.00","currency":"ZAR"}}}`,
  page: (rows, page, pages) => stitchPage(rows, `"${page + 1}"`, page < pages),
  leadsBy: 'cursor',
  leadingTo: stitchPage,
  pageOf: (request) => Number(/"after":"(\d+)"/.exec(request.body)?.[1] ?? '1'),
  amountField: 'quantity',
  isUnsigned: false,
  breaks: [['another currency', /ZAR/, 'GBP']],
  brokenBalance: [/"10250.00"/, '"much"'],
};

export const FEED_DIALECTS: readonly FeedDialect[] = [
  json,
  standardBank,
  fnb,
  customMap,
  investec,
  openBankingUk,
  berlinGroup,
  stitch,
];
