import type { LocalDate } from '../local-date.ts';
import type { Comparable, Likeness } from './look-alike.ts';

/** A partial sighting that waits for a snapshot to tell whether it is a known line or its twin. */
export interface HeldSighting {
  readonly heldId: string;
  readonly factsKey: string;
  /** The bank's id as its feed showed it. */
  readonly bankId: string | null;
  readonly bookingDate: LocalDate;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  /** What it said in its first text. */
  readonly references: readonly string[];
}

type Line = { readonly lineId: string } | { readonly newLineIndex: number };

/** What a hold turned out to be: a known line, or a line of its own, where `newLineIndex` points into the new lines. */
export type ResolvedHold = { readonly heldId: string } & Line;

interface Row {
  readonly factsKey: string;
  readonly stableId: string | null;
  readonly shownId: string | null;
}

/**
 * Settles holds by what a capture found. A stable id that came again names its line at once, and so does any id that came
 * again with the same facts. Where whole days were read,
 * one new line of the same facts releases one hold; a hold without one is the known line, or the one that it looked
 * like under another text or a day apart, which is certain only when its day is closed.
 */
export function resolveHolds(
  held: readonly HeldSighting[],
  known: readonly (Comparable & { readonly lineId: string; readonly factsKey: string })[],
  found: {
    readonly attached: readonly { readonly row: Row; readonly lineId: string }[];
    readonly newLines: readonly { readonly row: Row }[];
    readonly likeness: Likeness;
  },
  days: {
    readonly from: LocalDate;
    readonly to: LocalDate;
    readonly lastClosedDay: LocalDate;
  } | null,
): readonly ResolvedHold[] {
  const lineOfId = new Map<string, Line>();
  const note = (row: Row, line: Line) => {
    if (row.stableId !== null) lineOfId.set(row.stableId, line);
    if (row.shownId !== null) lineOfId.set(withFacts(row.shownId, row.factsKey), line);
  };
  for (const { row, lineId } of found.attached) note(row, { lineId });
  found.newLines.forEach(({ row }, newLineIndex) => {
    note(row, { newLineIndex });
  });
  const claimed = new Set<number>();
  // One id that is held under two texts is one line: told as two, it would vouch for a line that its feed never showed.
  const settledOfId = new Map<string, Line>();
  const findLine = (hold: HeldSighting): Line | null => {
    const { bankId, factsKey, bookingDate } = hold;
    const named =
      bankId === null
        ? undefined
        : (lineOfId.get(bankId) ?? lineOfId.get(withFacts(bankId, factsKey)));
    if (named !== undefined) return named;
    const alreadySettled = bankId === null ? undefined : settledOfId.get(bankId);
    if (alreadySettled !== undefined) return alreadySettled;
    if (days === null || bookingDate < days.from || bookingDate > days.to) return null;
    const newLineIndex = found.newLines.findIndex(
      ({ row }, index) => row.factsKey === factsKey && !claimed.has(index),
    );
    if (newLineIndex !== -1) return { newLineIndex };
    if (bookingDate > days.lastClosedDay) return null;
    const line =
      known.find((each) => each.factsKey === factsKey) ??
      known.find(
        (each) => each.bookingDate === bookingDate && found.likeness.looksAlike(each, hold),
      ) ??
      known.find((each) => found.likeness.looksAlike(each, hold));
    return line === undefined ? null : { lineId: line.lineId };
  };
  return held.flatMap((hold) => {
    const line = findLine(hold);
    if (line === null) return [];
    if ('newLineIndex' in line) claimed.add(line.newLineIndex);
    if (hold.bankId !== null && hold.bankId.trim() !== '') settledOfId.set(hold.bankId, line);
    return [{ heldId: hold.heldId, ...line }];
  });
}

function withFacts(id: string, factsKey: string): string {
  return `${factsKey} ${id}`;
}
