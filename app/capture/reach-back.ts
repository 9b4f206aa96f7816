import type { DayWindow, Feed } from '../../bank/feeds/feed.ts';
import type { Database } from '../../db/client.ts';
import { addRunCapture } from '../../db/queries/runs.ts';
import { findLateRows, hasGap, type ChainRow } from '../../domain/line/balance-chain.ts';
import { signedMinor, type Sighting } from '../../domain/line/sighting.ts';
import { addDays } from '../../domain/local-date.ts';
import { captureLinesIn } from './capture-lines.ts';
import type { ReadWindow } from './capture-window.ts';
import type { CaptureOutcome } from './capture-outcome.ts';

/** How many days before the window are read for a line that was booked further back: first the month, then the quarter. */
const REACH_DAYS = [31, 92] as const;

/** `closed`: late lines were captured; `open`: the balances leave out a line that was not found. */
export type Reached =
  | { readonly gap: 'none' | 'open'; readonly captured: null }
  | { readonly gap: 'closed'; readonly captured: CaptureOutcome };

const NO_GAP: Reached = { gap: 'none', captured: null };

/**
 * Where balances beside the rows of a window show that a line was booked on a day before it, reads further back and
 * captures that line, and no other: an account's past is no news.
 * @param read the window, already captured
 * @param fetch reads days of the account, as the feed does
 * @throws CodedError as the feed's `fetchWindow` does
 */
export async function reachBack(
  database: Database,
  read: ReadWindow,
  fetch: (window: DayWindow) => ReturnType<Feed['fetchWindow']>,
): Promise<Reached> {
  const { snapshot, window } = read;
  const shown = inChain(snapshot.sightings);
  if (shown === null || !hasGap(shown)) return NO_GAP;
  for (const days of REACH_DAYS) {
    const before = { from: addDays(window.from, -days), to: addDays(window.from, -1) };
    const earlier = inChain((await fetch(before)).sightings);
    const late = earlier === null ? null : findLateRows([...earlier, ...shown], window.from);
    if (late === null) continue;
    const sightings = late.map(({ sighting }) => sighting);
    return { gap: 'closed', captured: await captureLate(database, read, sightings) };
  }
  await addRunCapture(database, {
    ...NOTHING,
    runId: read.runId,
    from: window.from,
    to: window.to,
    linesSeen: 0,
    hasBalanceGap: true,
    warnings: [
      `The balances beside the rows leave out a line: it is booked before ${addDays(window.from, -REACH_DAYS[1])}, or cannot be read.`,
    ],
  });
  return { gap: 'open', captured: null };
}

const NOTHING = { linesNew: 0, depositsNew: 0, held: 0 };

interface SightedRow extends ChainRow {
  readonly sighting: Sighting;
}

/** The booked rows, if the bank states a balance beside each of them. */
function inChain(sightings: readonly Sighting[]): readonly SightedRow[] | null {
  const booked = sightings.filter(
    ({ amountMinor, status }) => status === 'booked' && amountMinor > 0n,
  );
  const rows = booked.flatMap((sighting) =>
    sighting.runningBalanceMinor === null
      ? []
      : [
          {
            sighting,
            day: sighting.bookingDate,
            movedMinor: signedMinor(sighting),
            balanceMinor: sighting.runningBalanceMinor,
          },
        ],
  );
  return rows.length === booked.length ? rows : null;
}

async function captureLate(
  database: Database,
  { accountKey, idStable, runId, startedAt, window }: ReadWindow,
  sightings: readonly Sighting[],
): Promise<CaptureOutcome> {
  return database.transaction(async (tx) => {
    const captured = await captureLinesIn(tx, {
      accountKey,
      feed: 'poll',
      idStable,
      runId,
      scope: { kind: 'partial' },
      startedAt,
      sightings,
    });
    await addRunCapture(tx, {
      ...captured,
      runId,
      from: window.from,
      to: window.to,
      linesSeen: sightings.length,
      warnings: [`${sightings.length} of the lines are booked before ${window.from}.`],
    });
    return captured;
  });
}
