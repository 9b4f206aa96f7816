import { createFeed, type FeedOptions } from '../../../bank/feeds/create-feed.ts';
import type { Feed, FeedSnapshot } from '../../../bank/feeds/feed.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import type { CodedError } from '../../../domain/errors.ts';
import { failureOf } from './samples.ts';
import { sendJson, startBank, type Answer, type BankServer } from './bank-server.ts';
import { ACCOUNT, type AnswerDialect, type FeedDialect, type TestRow } from './feed-dialect.ts';
import { FEED_DIALECTS } from './feed-dialects.ts';
import { FILE_DIALECTS } from './file-dialects.ts';

const TOKEN = 'TOKEN-canary-77';
export const WINDOW = { from: parseLocalDate('2026-11-14'), to: parseLocalDate('2026-11-20') };
/** Nothing of these may appear in an error. */
const CANARIES = [TOKEN, 'KEY-canary', 'SECRET-canary', 'CONSENT-canary', 'CUS12345671', ACCOUNT];
const TOKEN_PATHS = FEED_DIALECTS.map((dialect) => dialect.tokenPath);
/** Every way in which a bank may answer: rows in JSON, or a statement file. */
export const ALL_DIALECTS: readonly AnswerDialect[] = [...FEED_DIALECTS, ...FILE_DIALECTS];

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

/**
 * Starts a bank of this kind; `answer` sees the requests for transactions. Tokens are given out before, and Investec's list of
 * pending ones is not open to us.
 */
export async function startFeed(
  dialect: AnswerDialect,
  answer: Answer,
  options: FeedOptions = {},
): Promise<{ readonly feed: Feed; readonly bank: BankServer }> {
  const bank = await startBank((request, response) => {
    if (TOKEN_PATHS.includes(request.url.pathname)) {
      sendJson(response, `{"access_token":"${TOKEN}","token_type":"Bearer","expires_in":"1799"}`);
    } else if (request.url.pathname.endsWith('/pending-transactions')) {
      response.writeHead(403).end();
    } else {
      answer(request, response);
    }
  });
  return { bank, feed: feedAt(dialect, bank.url, options) };
}

export function feedAt(dialect: AnswerDialect, url: string, options: FeedOptions = {}): Feed {
  return createFeed(
    {
      url: `${url}${dialect.base}`,
      accountId: ACCOUNT,
      timeZone: 'Africa/Johannesburg',
      currency: 'ZAR',
      ...dialect.settings,
    },
    options,
  );
}

export function dialectOf(name: string): FeedDialect {
  const dialect = FEED_DIALECTS.find((each) => each.name === name);
  if (dialect === undefined) throw new Error(`There is no dialect ${name}.`);
  return dialect;
}

/** Answers with a whole body of the dialect's own type. */
export function send(dialect: AnswerDialect, response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': dialect.contentType }).end(body);
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
