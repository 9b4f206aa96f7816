import type { LocalDate } from '../local-date.ts';
import type { Comparable, Likeness } from './look-alike.ts';

/** A partial sighting that waits for a snapshot to show whether it is a known line or its twin. */
export interface HeldSighting {
  readonly heldId: string;
  readonly factsKey: string;
  /** The bank's id as its feed showed it. */
  readonly bankId: string | null;
  readonly bookingDate: LocalDate;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  /** Its first text. */
  readonly references: readonly string[];
}

type Line = { readonly lineId: string } | { readonly newLineIndex: number };

/** The line that a hold turned out to be: a known one, or a new one, where `newLineIndex` points into the new lines. */
export type ResolvedHold = { readonly heldId: string } & Line;

interface Row {
  readonly factsKey: string;
  readonly stableId: string | null;
  readonly shownId: string | null;
}

/**
 * Resolves holds with the findings of a capture. A stable id that returns names its line at once, and so does any id that
 * returns with the same facts. Where whole days were read, one new line of the same facts releases one hold. A hold
 * without such a line is the known line, or the line that it resembled under another text or a day apart; that is certain
 * only once its day is closed.
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
  // One id that is held under two texts is one line: as two, it would vouch for a line that its feed never showed.
  const resolvedOfId = new Map<string, Line>();
  const findLine = (hold: HeldSighting): Line | null => {
    const { bankId, factsKey, bookingDate } = hold;
    const named =
      bankId === null
        ? undefined
        : (lineOfId.get(bankId) ?? lineOfId.get(withFacts(bankId, factsKey)));
    if (named !== undefined) return named;
    const alreadyResolved = bankId === null ? undefined : resolvedOfId.get(bankId);
    if (alreadyResolved !== undefined) return alreadyResolved;
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
    if (hold.bankId !== null && hold.bankId.trim() !== '') resolvedOfId.set(hold.bankId, line);
    return [{ heldId: hold.heldId, ...line }];
  });
}

function withFacts(id: string, factsKey: string): string {
  return `${factsKey} ${id}`;
}
