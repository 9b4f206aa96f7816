import type { LocalDate } from '../../domain/local-date.ts';

/** Maximum of open links during a read: beyond it the rows clearly do not follow each other. */
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

/** Checks the running balance of a file, whatever the order of its rows. */
export interface RunningBalance {
  add(row: Row): void;
  /** True if the last row's balance plus this movement equals this balance. */
  follows(movedMinor: bigint, balanceMinor: bigint | null): boolean;
  /** Null where the first or last row has no balance; a single row proves nothing. */
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
      // The balances decide the order; days decide only where neither or both orders fit.
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
 * Finds the balances that no other row links to or from. Where every row but one links to another, two remain in any order:
 * opening and closing. One such order is newest day first with each day's rows oldest first.
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
