import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { proveAccountId } from '../app/account/prove-id.ts';
import { reachBack } from '../app/capture/reach-back.ts';
import { captureWindow } from '../app/capture/capture-window.ts';
import { proveBalance, statedBalance } from '../app/prove/prove-balance.ts';
import { settleByApi } from '../app/prove/settle-holds.ts';
import { findLastCompleteDay } from '../db/queries/bank-accounts.ts';
import { insertRun, markLostPolls, noteRunError } from '../db/queries/runs.ts';
import { isCoded } from '../domain/errors.ts';
import { pollWindow } from '../domain/line/poll-window.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { readWithBalances } from './read-with-balances.ts';
import { endSettled } from './settle-holds.ts';

/** Longest window of one read; an account further behind catches up window by window. */
const WINDOW_DAYS_MAX = 31;

export interface FetchLinesOutput {
  readonly linesSeen: number;
  readonly linesNew: number;
  readonly depositsNew: number;
  readonly held: number;
  /** False if the account is so far behind that another window must follow. */
  readonly caughtUp: boolean;
}

/**
 * Reads the next window of a bank account from its API and captures it once the last page has arrived. A repeat finds
 * every line known.
 * @throws CodedError `account.known` · `account.not_found` · `account.other_lines` and the `bank.…` codes of the feed
 */
export async function fetchLines(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string; readonly runId: string },
): Promise<FetchLinesOutput> {
  // Cancellation arrives with heartbeats: neither a slow page nor the capture of a long window may stop them.
  const beat = setInterval(() => heartbeat(), 5_000);
  try {
    return await fetchAndCapture(dependencies, input);
  } catch (error) {
    // The message names page, row and field, never a value: operators read it beside the code.
    if (isCoded(error)) {
      await noteRunError(dependencies.database, { runId: input.runId, detail: error.message });
    }
    throw error;
  } finally {
    clearInterval(beat);
  }
}

async function fetchAndCapture(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string; readonly runId: string },
): Promise<FetchLinesOutput> {
  const { database, settings } = dependencies;
  const { accountKey, runId } = input;
  await insertRun(database, { runId, accountKey, kind: 'poll' });
  await markLostPolls(database, { runId, accountKey });
  const { feed, timeZone } = await dependencies.polledAccount(accountKey);
  const startedAt = dependencies.clock();
  const window = pollWindow({
    now: startedAt,
    timeZone,
    overlapDays: settings.overlapDays,
    lastCompleteDay: await findLastCompleteDay(database, accountKey),
    maxDays: Math.max(WINDOW_DAYS_MAX, settings.overlapDays + 1),
  });
  const signal = cancellationSignal();
  const onPage = (progress: { readonly page: number }) => heartbeat(progress.page);
  const read = await readWithBalances(feed, () => feed.fetchWindow(window, signal, onPage), {
    window,
    isCurrent: window.isCaughtUp,
    signal,
  });
  const { snapshot } = read;
  await proveAccountId(database, { accountKey, window, sightings: snapshot.sightings });
  const { idStable } = feed;
  const shown = { accountKey, runId, timeZone, idStable, startedAt, window, snapshot };
  const captured = await captureWindow(database, shown);
  const stated = statedBalance(read, window);
  if (stated !== null)
    await endSettled(dependencies, await settleByApi(database, { accountKey, stated }));
  await proveBalance(database, { accountKey, window, read });
  const linesSeen = snapshot.sightings.length;
  const found = { ...captured, linesSeen, caughtUp: window.isCaughtUp };
  // A gap that new lines did not open was looked into before.
  if (captured.linesNew === 0) return toOutput(found);
  const reached = await reachBack(database, shown, (before) =>
    feed.fetchWindow(before, signal, onPage),
  );
  if (reached.captured === null) return toOutput(found);
  const { depositsNew, held, linesNew } = reached.captured;
  return toOutput({
    ...found,
    linesNew: found.linesNew + linesNew,
    depositsNew: found.depositsNew + depositsNew,
    held: found.held + held,
  });
}

function toOutput(found: FetchLinesOutput): FetchLinesOutput {
  const { caughtUp, depositsNew, held, linesNew, linesSeen } = found;
  return { linesSeen, linesNew, depositsNew, held, caughtUp };
}
