import type { LocalDate } from '../../domain/local-date.ts';

/** Links that a file may leave open while it is read: one whose rows do not follow each other at all is given up. */
const OPEN_LINKS_MAX = 10_000;

/** Balance and movement of a row. */
interface Row {
  readonly day: LocalDate;
  readonly movedMinor: bigint;
  readonly balanceMinor: bigint | null;
}

export interface Ends {
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
}

/** The running balance of a file, in whatever order its rows stand. */
export interface RunningBalance {
  add(row: Row): void;
  /** Whether a movement leads from the last row to this balance. */
  follows(movedMinor: bigint, balanceMinor: bigint | null): boolean;
  /** Null where the first or the last row has no balance; one row alone proves nothing. */
  ends(bookedMinor: bigint): Ends & { readonly isChain: boolean };
}

export function createRunningBalance(): RunningBalance {
  let first: Row | null = null;
  let last: Row | null = null;
  let rows = 0;
  const links = createLinks();
  return {
    add(row) {
      links.add(row);
      last = row;
      first ??= row;
      rows += 1;
    },
    follows: (movedMinor, balanceMinor) =>
      last?.balanceMinor !== undefined &&
      last.balanceMinor !== null &&
      last.balanceMinor + movedMinor === balanceMinor,
    ends(bookedMinor) {
      const [oldestFirst, newestFirst] = [endsOf(first, last), endsOf(last, first)];
      if (first === null || last === null || oldestFirst === null || newestFirst === null)
        return { openingMinor: null, closingMinor: null, isChain: false };
      const fits = (ends: Ends) =>
        ends.openingMinor !== null && ends.openingMinor + bookedMinor === ends.closingMinor;
      // The order is what the balances say; days only decide where neither order fits, or both do.
      const byDays = first.day <= last.day ? oldestFirst : newestFirst;
      const other = byDays === oldestFirst ? newestFirst : oldestFirst;
      const best = [byDays, other, links.ends()].find((ends) => ends !== null && fits(ends));
      return { ...(best ?? byDays), isChain: rows > 1 };
    },
  };
}

function endsOf(oldest: Row | null, newest: Row | null): Ends | null {
  if (oldest === null || oldest.balanceMinor === null) return null;
  if (newest === null || newest.balanceMinor === null) return null;
  return {
    openingMinor: oldest.balanceMinor - oldest.movedMinor,
    closingMinor: newest.balanceMinor,
  };
}

/**
 * The balances that no other row leads to or from. Where each row but one leads to another, two are left, whatever the order: the
 * opening and the closing one. Days newest first with their rows oldest first are such an order.
 */
function createLinks() {
  const open = new Map<bigint, number>();
  let isUsable = true;
  const count = (balanceMinor: bigint, step: 1 | -1) => {
    const left = (open.get(balanceMinor) ?? 0) + step;
    if (left === 0) open.delete(balanceMinor);
    else open.set(balanceMinor, left);
  };
  return {
    add({ balanceMinor, movedMinor }: Row): void {
      if (balanceMinor === null || open.size > OPEN_LINKS_MAX) {
        isUsable = false;
        open.clear();
      }
      if (!isUsable || balanceMinor === null) return;
      count(balanceMinor - movedMinor, -1);
      count(balanceMinor, 1);
    },
    ends(): Ends | null {
      const [openingMinor, closingMinor] = [-1, 1].map(
        (left) => [...open].find(([, found]) => found === left)?.[0] ?? null,
      );
      if (open.size !== 2 || openingMinor === undefined || closingMinor === undefined) return null;
      return { openingMinor, closingMinor };
    },
  };
}
