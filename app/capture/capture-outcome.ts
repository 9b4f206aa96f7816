import type { LineInsert } from '../../db/queries/capture.ts';
import type { RowPlacements } from '../../domain/line/identity.ts';
import type { Sighting } from '../../domain/line/sighting.ts';

/** The placement of each sighting, in order. */
export type Placement =
  | { readonly kind: 'new'; readonly lineId: string; readonly depositId: string | null }
  | { readonly kind: 'known'; readonly lineId: string }
  | { readonly kind: 'held' }
  | { readonly kind: 'pending' }
  /** The same row, repeated in the same read. */
  | { readonly kind: 'repeat' };

export interface CaptureOutcome {
  readonly linesNew: number;
  readonly depositsNew: number;
  /** Rows that wait, and new lines that are held. */
  readonly held: number;
  readonly rowsWaiting: number;
  readonly placements: readonly Placement[];
}

/** Places each sighting by the decision and the ids of its new lines. */
export function summarise(
  sightings: readonly Sighting[],
  decision: RowPlacements,
  lines: readonly LineInsert[],
  lineIds: readonly string[],
): CaptureOutcome {
  const placements: Placement[] = sightings.map((sighting) =>
    sighting.status === 'pending' ? { kind: 'pending' } : { kind: 'repeat' },
  );
  for (const { row } of decision.waiting) placements[row.index] = { kind: 'held' };
  for (const { row, lineId } of decision.ties) placements[row.index] = { kind: 'known', lineId };
  decision.newLines.forEach(({ row }, index) => {
    const line = lines[index];
    const lineId = lineIds[index];
    if (line === undefined || lineId === undefined) return;
    placements[row.index] = {
      kind: 'new',
      lineId,
      depositId: line.amountMinor > 0n ? line.depositId : null,
    };
  });
  return {
    linesNew: lines.length,
    depositsNew: lines.filter((line) => line.amountMinor > 0n).length,
    held: decision.waiting.length + lines.filter((line) => line.hold !== null).length,
    rowsWaiting: decision.waiting.length,
    placements,
  };
}
