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

/** What the contract suite must know of one kind of answer. */
export interface AnswerDialect {
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
  readonly contentType: string;
  /** Of its first row. */
  readonly position: RegExp;
  readonly statesBalances: boolean;
  readonly row: (row: TestRow) => string;
  readonly page: (rows: readonly string[], page: number, pages: number) => string;
  readonly idOf: (row: TestRow) => string;
}

/** An answer of rows in JSON, which may come in pages. */
export interface FeedDialect extends AnswerDialect {
  readonly pageOf: (request: BankRequest) => number;
  /** A page whose link or cursor to the next one is given: what stands in JSON. Absent where pages are counted. */
  readonly leadingTo?: (rows: readonly string[], next: string) => string;
  readonly leadsBy: 'count' | 'cursor' | 'link';
  /** Where a client fetches an access token before it asks. */
  readonly tokenPath?: string;
  readonly amountField: string;
  /** True where another field tells the direction, so that a sign is a contradiction. */
  readonly isUnsigned: boolean;
  /** Changes of a good row after which it cannot be read. */
  readonly breaks: readonly (readonly [string, RegExp, string])[];
  /** A change after which the running balance of a row cannot be read. */
  readonly brokenBalance?: readonly [RegExp, string];
}

export const ACCOUNT = '3353431574710163189587446';
const PLAIN_ID = (row: TestRow) => `T${row.order}`;
const BY_PARAMETER = (request: BankRequest) => Number(request.url.searchParams.get('page') ?? '1');
export const minus = (row: TestRow) =>
  row.direction === 'debit' ? row.amount.replace(/^("?)/, '$1-') : row.amount;

export const json: FeedDialect = {
  name: 'json',
  settings: { kind: 'json', key: 'KEY-canary' },
  base: '/transactions',
  path: '/transactions',
  idStable: false,
  asksExactly: true,
  askedDays: ['2026-11-14', '2026-11-20'],
  contentType: 'application/json; charset=utf-8',
  position: /^page 1, row 1$/,
  statesBalances: true,
  leadsBy: 'count',
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
    ['another account', /\{/, '{"accountId":"999",'],
  ],
  brokenBalance: [/"balance":[^,}]+/, '"balance":"much"'],
};
