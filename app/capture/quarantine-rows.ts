import type { DayWindow, FeedSnapshot } from '../../bank/feeds/feed.ts';
import type { Transaction } from '../../db/client.ts';
import { recordQuarantinedRows, recordUnknownFields } from '../../db/queries/quarantined-rows.ts';
import { storable } from './stored-texts.ts';

/** More names than this of one read are noise. */
const FIELDS_MAX = 100;

/**
 * Stores what a read of an account could not understand: rows that wait for a person, and fields that nobody knows. Neither
 * moves money or holds other rows back.
 */
export async function quarantineRows(
  tx: Transaction,
  read: {
    readonly accountKey: string;
    readonly runId: string;
    readonly window: DayWindow;
    readonly snapshot: FeedSnapshot;
  },
): Promise<void> {
  const { accountKey, runId, window, snapshot } = read;
  const { from, to } = window;
  await recordQuarantinedRows(
    tx,
    { accountKey, source: 'poll', runId, window: { from, to } },
    (snapshot.unreadable ?? []).map(({ position, field, why, raw, digest, day }) => ({
      position,
      field,
      why,
      raw: storable(raw),
      digest,
      from: day ?? from,
      to: day ?? to,
    })),
  );
  await noteUnknownFields(tx, accountKey, snapshot.unknownFields);
}

/** Notes names of fields once for an account; answers those that are new. */
export function noteUnknownFields(
  tx: Transaction,
  accountKey: string,
  names: readonly string[],
): Promise<readonly string[]> {
  return recordUnknownFields(tx, accountKey, names.slice(0, FIELDS_MAX));
}
