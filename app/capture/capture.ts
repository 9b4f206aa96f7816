import type { HoldReason, SnapshotScope } from '../../domain/line/identity.ts';
import type { FeedKind, Sighting } from '../../domain/line/sighting.ts';

/** The lines that one feed showed of one bank account. */
export interface Capture {
  readonly accountKey: string;
  readonly feed: FeedKind;
  /** The file format if the feed is `file`, since two formats word one line differently. Default: the feed. */
  readonly source?: string;
  readonly idStable: boolean;
  readonly runId: string | null;
  readonly scope: SnapshotScope;
  readonly startedAt: Date;
  readonly sightings: readonly Sighting[];
  /** Holds that the source itself calls for, one for each of `sightings`. */
  readonly holds?: readonly (HoldReason | null)[];
  /** Runs that read other lines of the same days: none of their lines is one of `sightings`. */
  readonly disjointRunIds?: readonly string[];
}
