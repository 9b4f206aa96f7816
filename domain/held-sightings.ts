import type { LocalDate } from './local-date.ts';

/** A partial sighting that waits for a snapshot to tell whether it is a known line or its twin. */
export interface HeldSighting {
  readonly heldId: string;
  readonly factsKey: string;
  /** The bank's id as its feed showed it. */
  readonly bankId: string | null;
  readonly bookingDate: LocalDate;
}

type Line = { readonly lineId: string } | { readonly newLineIndex: number };

/** What a hold turned out to be: a known line, or a line of its own, where `newLineIndex` points into the new lines. */
export type SettledHold = { readonly heldId: string } & Line;

interface Row {
  readonly factsKey: string;
  readonly stableId: string | null;
}

/**
 * Settles holds by what a capture found. A stable id that came again names its line at once. Where whole days were read,
 * one new line of the same facts releases one hold; a hold without one is the known line, which is certain only when
 * its day is closed.
 */
export function settleHolds(
  held: readonly HeldSighting[],
  known: readonly { readonly lineId: string; readonly factsKey: string }[],
  found: {
    readonly attached: readonly { readonly row: Row; readonly lineId: string }[];
    readonly newLines: readonly { readonly row: Row }[];
  },
  days: {
    readonly from: LocalDate;
    readonly to: LocalDate;
    readonly lastClosedDay: LocalDate;
  } | null,
): readonly SettledHold[] {
  const lineOfId = new Map<string, Line>();
  for (const { row, lineId } of found.attached) {
    if (row.stableId !== null) lineOfId.set(row.stableId, { lineId });
  }
  found.newLines.forEach(({ row }, newLineIndex) => {
    if (row.stableId !== null) lineOfId.set(row.stableId, { newLineIndex });
  });
  const claimed = new Set<number>();
  const findLine = ({ bankId, factsKey, bookingDate }: HeldSighting): Line | null => {
    const named = bankId === null ? undefined : lineOfId.get(bankId);
    if (named !== undefined) return named;
    if (days === null || bookingDate < days.from || bookingDate > days.to) return null;
    const newLineIndex = found.newLines.findIndex(
      ({ row }, index) => row.factsKey === factsKey && !claimed.has(index),
    );
    if (newLineIndex !== -1) return { newLineIndex };
    const line = known.find((each) => each.factsKey === factsKey);
    return line !== undefined && bookingDate <= days.lastClosedDay ? { lineId: line.lineId } : null;
  };
  return held.flatMap((hold) => {
    const line = findLine(hold);
    if (line === null) return [];
    if ('newLineIndex' in line) claimed.add(line.newLineIndex);
    return [{ heldId: hold.heldId, ...line }];
  });
}
