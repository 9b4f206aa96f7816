import type { DayWindow, FeedSnapshot } from '../../bank/feeds/feed.ts';
import type { Database } from '../../db/client.ts';
import { addRunCapture, markDayComplete } from '../../db/queries/runs.ts';
import { addDays, localDateIn, type LocalDate } from '../../domain/local-date.ts';
import { captureLinesIn } from './capture-lines.ts';
import type { CaptureOutcome } from './capture-outcome.ts';
import { quarantineRows } from './quarantine-rows.ts';

/** A window of days, read whole from a bank's API. */
export interface ReadWindow {
  readonly accountKey: string;
  readonly runId: string;
  readonly timeZone: string;
  readonly idStable: boolean;
  /** The instant before the first page was requested. */
  readonly startedAt: Date;
  readonly window: DayWindow & { readonly completeDay: LocalDate };
  readonly snapshot: FeedSnapshot;
}

/**
 * Captures a window: lines, deposits, rows that cannot be read, the account's last complete day and the run's counts in one
 * transaction. The day is complete although rows wait: they stay on the list of cases. A repeat finds every line known.
 */
export async function captureWindow(database: Database, read: ReadWindow): Promise<CaptureOutcome> {
  const { accountKey, runId, snapshot, startedAt, window } = read;
  return database.transaction(async (tx) => {
    const captured = await captureLinesIn(tx, {
      accountKey,
      feed: 'poll',
      idStable: read.idStable,
      runId,
      scope: {
        kind: 'complete',
        from: window.from,
        to: window.to,
        lastClosedDay: addDays(localDateIn(startedAt, read.timeZone), -1),
      },
      startedAt,
      sightings: snapshot.sightings,
      holds: snapshot.sightings.map(({ position }) =>
        snapshot.heldPositions?.has(position) === true ? ('unreadable' as const) : null,
      ),
    });
    await quarantineRows(tx, read);
    await markDayComplete(tx, accountKey, window.completeDay);
    await addRunCapture(tx, {
      ...captured,
      runId,
      from: window.from,
      to: window.to,
      linesSeen: snapshot.sightings.length,
      rowsQuarantined: snapshot.unreadable?.length ?? 0,
      warnings: snapshot.warnings ?? [],
    });
    return captured;
  });
}
