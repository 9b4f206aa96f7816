import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { fetchLines } from '../../../activities/fetch-lines.ts';
import { followUp } from '../../../activities/follow-up.ts';
import { recordRun } from '../../../activities/record-run.ts';
import { settleBacklog } from '../../../activities/settle-backlog.ts';
import { createFeed } from '../../../bank/feeds/create-feed.ts';
import type { Feed, FeedSettings } from '../../../bank/feeds/feed.ts';
import { newId } from '../../../db/new-id.ts';
import { isCoded } from '../../../domain/errors.ts';
import { sendJson, startBank, type Answer } from '../../bank/support/bank-server.ts';
import { createTestDependencies, NOW } from '../../support/activities.ts';
import type { TestDatabase } from '../../support/database.ts';

export const BANK_ACCOUNT = 'ACC1';

const KEYS = { json: 'k', investec: 'a:b:c', 'open-banking-uk': 'k', 'berlin-group': 'k' } as const;
type Protocol = keyof typeof KEYS;

/** What the bank shows from now on, and how it answers display-only calls. */
export interface ShownBank {
  readonly feed: Feed;
  rows: readonly object[];
  /** The whole answer instead of `rows`. */
  body: string | null;
  /** The answer to the call for pending rows. */
  pending: Answer;
}

/** A real HTTP bank that speaks one protocol, on one page. */
export async function aShownBank(
  kind: Protocol,
  settings: Partial<FeedSettings> = {},
): Promise<ShownBank> {
  const shown: Omit<ShownBank, 'feed'> = {
    rows: [],
    body: null,
    pending: (_request, response) => response.writeHead(404).end(),
  };
  const bank = await startBank((request, response) => {
    const { pathname } = request.url;
    if (pathname.includes('/oauth2/')) sendJson(response, '{"access_token":"t","expires_in":1799}');
    else if (pathname.endsWith('/pending-transactions')) shown.pending(request, response);
    else if (pathname.endsWith('/balances') || pathname.endsWith('/balance'))
      response.writeHead(404).end();
    else sendJson(response, shown.body ?? pageOf(kind, shown.rows));
  });
  const feed = createFeed({
    kind,
    url: kind === 'json' ? `${bank.url}/tx` : bank.url,
    key: KEYS[kind],
    accountId: BANK_ACCOUNT,
    timeZone: 'Africa/Johannesburg',
    currency: 'ZAR',
    ...settings,
  });
  return Object.assign(shown, { feed });
}

function pageOf(kind: Protocol, rows: readonly object[]): string {
  const lists = {
    json: { transactions: rows, page: 1, pages: 1 },
    investec: { data: { transactions: rows }, links: { self: 'x' }, meta: { totalPages: 1 } },
    'open-banking-uk': { Data: { Transaction: rows }, Links: { Self: 'x' }, Meta: {} },
    'berlin-group': { transactions: { booked: rows } },
  };
  return JSON.stringify(lists[kind]);
}

/** One run of an account as the worker does it, without Temporal; its row. */
export async function runOnce(
  test: TestDatabase,
  accountKey: string,
  { feed }: Pick<ShownBank, 'feed'>,
  now: Date = NOW,
): Promise<Record<string, unknown>> {
  const dependencies = createTestDependencies(test.db, { feed, clock: () => now });
  const runId = newId('run');
  const steps = async () => {
    let errorCode: string | null = null;
    try {
      await fetchLines(dependencies, { accountKey, runId });
    } catch (error) {
      if (!isCoded(error)) throw error;
      errorCode = error.code;
    }
    await settleBacklog(dependencies, { accountKey });
    if (errorCode === null) await followUp(dependencies, { accountKey });
    await recordRun(dependencies, { runId, errorCode });
  };
  const logger = new DefaultLogger('ERROR', () => undefined);
  await new MockActivityEnvironment({}, { logger }).run(steps);
  const [run] = await test.owner`select * from runs where id = ${runId}`;
  return run ?? {};
}
