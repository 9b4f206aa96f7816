import { cancellationSignal, heartbeat, log } from '@temporalio/activity';
import { eq } from 'drizzle-orm';
import { bankAccounts } from '../db/schema/bank-accounts.ts';
import { addRunCapture, insertRun, markDayComplete } from '../db/queries/runs.ts';
import { CodedError } from '../domain/errors.ts';
import { addDays, localDateIn } from '../domain/local-date.ts';
import { pollWindow } from '../domain/line/poll-window.ts';
import { captureLinesIn } from '../app/capture/capture-lines.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { proveBalance, readWithBalances } from './prove-balance.ts';

/** Longest window of one read; an account further behind walks forward, window by window. */
const WINDOW_DAYS_MAX = 31;

export interface FetchLinesOutput {
  readonly linesSeen: number;
  readonly linesNew: number;
  readonly depositsNew: number;
  readonly held: number;
  /** False when an account is so far behind that another window must follow. */
  readonly caughtUp: boolean;
}

/**
 * Reads the next window of a bank account from its API and captures it: lines, deposits and the account's last
 * complete day in one transaction, after the bank's last page has come. A repeat finds everything known.
 * @throws CodedError `account.not_found` and the `bank.…` codes of the feed
 */
export async function fetchLines(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string; readonly runId: string },
): Promise<FetchLinesOutput> {
  // Cancellation rides on heartbeats: neither a slow page nor the capture of a long window must silence them.
  const beat = setInterval(() => heartbeat(), 5_000);
  try {
    return await fetchAndCapture(dependencies, input);
  } finally {
    clearInterval(beat);
  }
}

async function fetchAndCapture(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string; readonly runId: string },
): Promise<FetchLinesOutput> {
  const { database } = dependencies;
  await insertRun(database, { runId: input.runId, accountKey: input.accountKey, kind: 'poll' });
  const account = await dependencies.polledAccount(input.accountKey);
  const startedAt = dependencies.clock();
  const window = pollWindow({
    now: startedAt,
    timeZone: account.timeZone,
    overlapDays: dependencies.settings.overlapDays,
    lastCompleteDay: await findLastCompleteDay(dependencies, input.accountKey),
    maxDays: Math.max(WINDOW_DAYS_MAX, dependencies.settings.overlapDays + 1),
  });
  const signal = cancellationSignal();
  const read = await readWithBalances(
    account.feed,
    () =>
      account.feed.fetchWindow(window, signal, (progress) => {
        heartbeat(progress.page);
      }),
    { isCurrent: window.isCaughtUp, signal },
  );
  const { snapshot } = read;
  if (snapshot.unknownFields.length > 0) {
    // Names only: the bank has begun to say something that nobody here reads yet.
    log.warn('bank rows carried fields that are not read', {
      fields: snapshot.unknownFields.join(', '),
    });
  }
  const outcome = await database.transaction(async (tx) => {
    const captured = await captureLinesIn(tx, {
      accountKey: input.accountKey,
      feed: 'poll',
      idStable: account.feed.idStable,
      runId: input.runId,
      scope: {
        kind: 'complete',
        from: window.from,
        to: window.to,
        lastClosedDay: addDays(localDateIn(startedAt, account.timeZone), -1),
      },
      startedAt,
      sightings: snapshot.sightings,
      holds: snapshot.sightings.map(({ position }) =>
        snapshot.heldPositions?.has(position) === true ? ('unreadable' as const) : null,
      ),
    });
    await markDayComplete(tx, input.accountKey, window.completeDay);
    await addRunCapture(tx, {
      ...captured,
      runId: input.runId,
      from: window.from,
      to: window.to,
      linesSeen: snapshot.sightings.length,
    });
    return captured;
  });
  await proveBalance(dependencies, { accountKey: input.accountKey, window, read });
  return {
    linesSeen: snapshot.sightings.length,
    linesNew: outcome.linesNew,
    depositsNew: outcome.depositsNew,
    held: outcome.held,
    caughtUp: window.isCaughtUp,
  };
}

async function findLastCompleteDay(dependencies: ActivityDependencies, accountKey: string) {
  const [row] = await dependencies.database
    .select({ lastCompleteDay: bankAccounts.lastCompleteDay })
    .from(bankAccounts)
    .where(eq(bankAccounts.key, accountKey));
  if (row === undefined)
    throw new CodedError('account.not_found', `There is no bank account ${accountKey}.`);
  return row.lastCompleteDay;
}
