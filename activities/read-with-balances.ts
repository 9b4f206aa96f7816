import { log } from '@temporalio/activity';
import type { WindowWithBalances } from '../app/prove/prove-balance.ts';
import type { BookedBalance, Feed, FeedSnapshot } from '../bank/feeds/feed.ts';
import { isCoded } from '../domain/errors.ts';

/**
 * Reads a window, and the balance before and after it if the feed states one and `isCurrent`. If the balance cannot be
 * read, the proof is lost but never the lines.
 * @throws CodedError as the feed's `fetchWindow` does
 */
export async function readWithBalances(
  feed: Feed,
  fetch: () => Promise<FeedSnapshot>,
  query: { readonly isCurrent: boolean; readonly signal: AbortSignal },
): Promise<WindowWithBalances> {
  const before = query.isCurrent ? await tryBalance(feed, query.signal) : null;
  const snapshot = await fetch();
  const after = before === null ? null : await tryBalance(feed, query.signal);
  return { snapshot, before, after };
}

async function tryBalance(feed: Feed, signal: AbortSignal): Promise<BookedBalance | null> {
  if (feed.readBalance === undefined) return null;
  try {
    return await feed.readBalance(signal);
  } catch (error) {
    if (signal.aborted || !isCoded(error)) throw error;
    log.warn('the bank did not state its balance', { code: error.code });
    return null;
  }
}
