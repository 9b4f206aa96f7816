import { log } from '@temporalio/activity';
import type { WindowWithBalances } from '../app/prove/prove-balance.ts';
import type { BookedBalance, DayWindow, Feed, FeedSnapshot } from '../bank/feeds/feed.ts';
import { isCoded } from '../domain/errors.ts';
import type { Sighting } from '../domain/line/sighting.ts';

interface Query {
  readonly window: DayWindow;
  readonly isCurrent: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads a window, its pending rows where the feed has a call of its own for them, and the balance before and after it if the
 * feed states one and `isCurrent`. What cannot be read of the pending rows and the balance becomes a warning of the
 * snapshot and never costs the lines.
 * @throws CodedError as the feed's `fetchWindow` does
 */
export async function readWithBalances(
  feed: Feed,
  fetch: () => Promise<FeedSnapshot>,
  query: Query,
): Promise<WindowWithBalances> {
  const warnings: string[] = [];
  const before = query.isCurrent ? await tryBalance(feed, query.signal, warnings) : null;
  const read = await fetch();
  const after = before === null ? null : await tryBalance(feed, query.signal, warnings);
  const pending = await tryPending(feed, query, warnings);
  const snapshot: FeedSnapshot = {
    ...read,
    sightings: [...read.sightings, ...pending],
    warnings: [...(read.warnings ?? []), ...warnings],
  };
  return { snapshot, before, after };
}

async function tryBalance(
  feed: Feed,
  signal: AbortSignal,
  warnings: string[],
): Promise<BookedBalance | null> {
  if (feed.readBalance === undefined) return null;
  try {
    return await feed.readBalance(signal);
  } catch (error) {
    if (signal.aborted || !isCoded(error)) throw error;
    log.warn('the bank did not state its balance', { code: error.code });
    warnings.push(`The balance was not read: ${error.message}`);
    return null;
  }
}

async function tryPending(
  feed: Feed,
  { signal, window }: Query,
  warnings: string[],
): Promise<readonly Sighting[]> {
  if (feed.readPending === undefined) return [];
  try {
    return await feed.readPending(window, signal);
  } catch (error) {
    if (signal.aborted || !isCoded(error)) throw error;
    log.warn('the bank did not show its pending rows', { code: error.code });
    warnings.push(`Pending rows were not read: ${error.message}`);
    return [];
  }
}
