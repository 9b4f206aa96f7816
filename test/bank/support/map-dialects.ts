import { FNB } from '../../../bank/feeds/presets/fnb.ts';
import { STANDARD_BANK } from '../../../bank/feeds/presets/standard-bank.ts';
import { parseFieldMap } from '../../../bank/json/field-map.ts';
import { ACCOUNT, json, minus, type FeedDialect } from './feed-dialect.ts';

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

const sbPage = (rows: readonly string[], next: string) =>
  `{"transactionList":[${rows.join(',')}],"nextCursor":${next}}`;

export const standardBank: FeedDialect = {
  ...json,
  name: 'json (standard-bank)',
  settings: { kind: 'json', key: 'KEY-canary', fieldMap: STANDARD_BANK },
  askedDays: ['2026-11-14', '2026-11-20', ACCOUNT],
  row: (row) =>
    `{"transactionId":"T${row.order}","postingDate":"${row.date.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$1$2$3')}",` +
    `"transactionAmount":${styled(minus(row), (plain) => plain.replace('.', ','))},"currencyCode":"ZAR",` +
    `"statusCode":"PST","remitterReference":"${row.reference}","runningBalance":"10250,00"}`,
  page: (rows, page, pages) => sbPage(rows, page < pages ? `"${page + 1}"` : 'null'),
  leadsBy: 'cursor',
  leadingTo: sbPage,
  pageOf: (request) => Number(request.url.searchParams.get('cursor') ?? '1'),
  amountField: 'transactionAmount',
  isUnsigned: false,
  breaks: [
    ['an unknown status', /"PST"/, '"NEW"'],
    ['another currency', /ZAR/, 'EUR'],
    ['another account', /\{/, '{"account":"999",'],
  ],
  brokenBalance: [/"10250,00"/, '"10250.00"'],
};

const fnbPage = (rows: readonly string[], next: string) =>
  `{"history":{"items":[${rows.join(',')}]},"links":{"next":${next}}}`;

export const fnb: FeedDialect = {
  ...json,
  name: 'json (fnb)',
  settings: { kind: 'json', key: 'KEY-canary', fieldMap: FNB },
  askedDays: ['2026-11-14', '2026-11-20', ACCOUNT],
  row: (row) =>
    `{"transactionId":"T${row.order}","bookingDate":"${row.date.replaceAll('-', '/')}",` +
    `"amountInCents":${styled(row.amount, inCents)},"debitCreditIndicator":"${row.direction === 'credit' ? 'CR' : 'DR'}",` +
    `"currency":"ZAR","entryStatus":"POSTED","reference":"${row.reference}","balanceInCents":"1025000"}`,
  page: (rows, page, pages) =>
    fnbPage(rows, page < pages ? `"/transactions?page=${page + 1}"` : 'null'),
  leadsBy: 'link',
  leadingTo: fnbPage,
  amountField: 'amountInCents',
  breaks: [
    ['an unknown direction', /"CR"/, '"C"'],
    ['an unknown status', /"POSTED"/, '"posted"'],
    ['another currency', /ZAR/, 'EUR'],
    ['another account', /\{/, '{"accountNumber":"999",'],
  ],
  brokenBalance: [/"1025000"/, '"10250.00"'],
};

/** A map as a user may declare one: nested fields, columns for money in and out, instants, ids that are promised to be stable. */
export const customMap: FeedDialect = {
  ...json,
  name: 'json (a map of its own)',
  settings: {
    kind: 'json',
    key: 'KEY-canary',
    fieldMap: parseFieldMap({
      version: 'own-1',
      request: { account: 'acc', from: 'since', to: 'until', dateFormat: 'YYYYMMDD' },
      rows: '/result/rows',
      paging: { kind: 'pages', parameter: 'p', pages: '/result/of' },
      id: '/ids/bank',
      idStable: true,
      account: '/ids/account',
      bookingDate: '/at/booked',
      dateFormat: 'instant',
      amountKind: 'creditColumn/debitColumn',
      credit: '/money/in',
      debit: '/money/out',
      currency: { constant: 'ZAR' },
      references: ['/texts/payer'],
      runningBalance: '/money/after',
      ignored: ['result'],
    }),
  },
  askedDays: ['2026-11-14', '2026-11-20', ACCOUNT],
  idStable: true,
  row: (row) =>
    `{"ids":{"bank":"T${row.order}","account":"${ACCOUNT}"},"at":{"booked":"${row.date}T23:30:00+02:00"},` +
    `"money":{"${row.direction === 'credit' ? 'in' : 'out'}":${row.amount},"after":"10250.00"},"texts":{"payer":"${row.reference}"}}`,
  page: (rows, _page, pages) => `{"result":{"rows":[${rows.join(',')}],"of":${pages}}}`,
  pageOf: (request) => Number(request.url.searchParams.get('p')),
  amountField: 'in',
  breaks: [
    ['another account', /"account":"\d+"/, '"account":"999"'],
    ['money that goes both ways', /"money":\{/, '"money":{"out":"1",'],
  ],
  brokenBalance: [/"10250.00"/, '"much"'],
};
