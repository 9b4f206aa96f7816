import { createFeed, type FeedOptions } from '../../../bank/feeds/create-feed.ts';
import type { Feed, FeedSnapshot } from '../../../bank/feeds/feed.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { expect } from 'vitest';
import type { CodedError } from '../../../domain/errors.ts';
import { failureOf } from './samples.ts';
import { sendJson, startBank, type Answer, type BankServer } from './bank-server.ts';

export interface TestRow {
  readonly order: number;
  readonly date: string;
  /** As it stands in the JSON text: `250.10` or `"250.10"`. */
  readonly amount: string;
  readonly reference: string;
  readonly direction: 'credit' | 'debit';
}

/** What the contract suite must know of one kind of feed. */
export interface FeedKind {
  readonly kind: 'json' | 'investec';
  readonly key: string;
  readonly path: string;
  readonly idStable: boolean;
  readonly row: (row: TestRow) => string;
  readonly page: (rows: readonly string[], page: number, pages: number) => string;
  readonly idOf: (row: TestRow) => string;
}

export const ACCOUNT = '3353431574710163189587446';
const TOKEN = 'TOKEN-canary-77';
export const WINDOW = { from: parseLocalDate('2026-11-14'), to: parseLocalDate('2026-11-20') };
/** Nothing of these may appear in an error. */
const CANARIES = [TOKEN, 'KEY-canary', 'SECRET-canary', 'CUS12345671', ACCOUNT];

export const FEED_KINDS: readonly FeedKind[] = [
  {
    kind: 'json',
    key: 'KEY-canary',
    path: '/transactions',
    idStable: false,
    row: (row) =>
      `{"id":"T${row.order}","date":"${row.date}","amount":${row.amount},"currency":"ZAR","type":"${row.direction}",` +
      `"status":"booked","reference":"${row.reference}","description":"PAYSHAP CREDIT","balance":"10250.00"}`,
    page: (rows, page, pages) =>
      `{"transactions":[${rows.join(',')}],"page":${page},"pages":${pages}}`,
    idOf: (row) => `T${row.order}`,
  },
  {
    kind: 'investec',
    key: 'client:SECRET-canary:KEY-canary',
    path: `/za/pb/v1/accounts/${ACCOUNT}/transactions`,
    idStable: true,
    row: (row) =>
      `{"accountId":"${ACCOUNT}","type":"${row.direction.toUpperCase()}","transactionType":"Deposits","status":"POSTED",` +
      `"description":"${row.reference}","cardNumber":"","postedOrder":${row.order},"postingDate":"${row.date}",` +
      `"amount":${row.amount},"runningBalance":10250}`,
    page: (rows, _page, pages) =>
      `{"data":{"transactions":[${rows.join(',')}]},"links":{"self":"x"},"meta":{"totalPages":${pages}}}`,
    idOf: (row) => `87446${row.date.replaceAll('-', '')}${row.order.toString().padStart(7, '0')}`,
  },
];

export function aRow(changes: Partial<TestRow> = {}): TestRow {
  return {
    order: 1,
    date: '2026-11-20',
    amount: '"250.00"',
    reference: 'CUS12345671',
    direction: 'credit',
    ...changes,
  };
}

/** Starts a bank of this kind; `answer` sees the requests for transactions, tokens are given out before. */
export async function startFeed(
  kind: FeedKind,
  answer: Answer,
  options: FeedOptions = {},
): Promise<{ readonly feed: Feed; readonly bank: BankServer }> {
  const bank = await startBank((request, response) => {
    if (request.url.pathname === '/identity/v2/oauth2/token') {
      sendJson(response, `{"access_token":"${TOKEN}","token_type":"Bearer","expires_in":"1799"}`);
    } else {
      answer(request, response);
    }
  });
  return { bank, feed: feedAt(kind, bank.url, options) };
}

export function feedAt(kind: FeedKind, url: string, options: FeedOptions = {}): Feed {
  return createFeed(
    {
      kind: kind.kind,
      url: kind.kind === 'json' ? `${url}${kind.path}` : url,
      key: kind.key,
      accountId: ACCOUNT,
      timeZone: 'Africa/Johannesburg',
      currency: 'ZAR',
    },
    options,
  );
}

export function pageOf(request: { readonly url: URL }): number {
  return Number(request.url.searchParams.get('page') ?? '1');
}

export function fetchAll(feed: Feed, signal = new AbortController().signal): Promise<FeedSnapshot> {
  return feed.fetchWindow(WINDOW, signal, () => undefined);
}

/** The error with which a feed fails, once it is sure that nothing secret or private is in it. */
export async function safeFailureOf(outcome: Promise<unknown>): Promise<CodedError> {
  const error = await failureOf(outcome);
  const told = [
    error.message,
    error.stack,
    JSON.stringify(error.details),
    String(error.cause),
  ].join();
  for (const canary of CANARIES) expect(told).not.toContain(canary);
  return error;
}
