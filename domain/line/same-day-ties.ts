import { groupBy } from '../group-by.ts';
import type { Comparable, Likeness } from './look-alike.ts';

interface Missing extends Comparable {
  readonly storedBeforeSnapshot: boolean;
  readonly seenBySource: boolean;
}

interface Tie<Row, Line> {
  readonly row: Row;
  readonly line: Line;
}

/**
 * Ties rows whose text differs from every known line to lines that the complete day no longer shows: another feed words
 * a line differently, and banks edit texts. It is the count rule on coarser facts, so no line is stored twice or lost:
 * where a day shows n lines of an amount for a code and m are known, n − m of them are new. Without a code on both sides,
 * only lines that this source never showed are tied: it would have repeated its own lines unchanged.
 * @param fresh rows that match no known line by their facts
 * @param missing known lines of the same days that no row matches
 */
export function tieWithinDay<Row extends Comparable, Line extends Missing>(
  fresh: readonly Row[],
  missing: readonly Line[],
  likeness: Likeness,
): { readonly tied: readonly Tie<Row, Line>[]; readonly untied: readonly Row[] } {
  // A line that arrived while the snapshot was read may be too young to be in it: its absence proves nothing.
  const old = missing.filter((line) => line.storedBeforeSnapshot);
  const tied: Tie<Row, Line>[] = [];
  const tieOnce = (
    rows: readonly Row[],
    lines: readonly Line[],
    keyOf: (line: Comparable) => string,
    fits: (line: Line, row: Row) => boolean,
  ) => {
    if (lines.length === 0) return rows;
    const free = groupBy(lines, keyOf);
    return rows.filter((row) => {
      const group = free.get(keyOf(row)) ?? [];
      const line = group.find((each) => fits(each, row));
      if (line === undefined) return true;
      group.splice(group.indexOf(line), 1);
      tied.push({ row, line });
      return false;
    });
  };
  const byCode = (line: Comparable) => `${dayAndAmount(line)} ${likeness.codeOf(line) ?? ''}`;
  const codeless = tieOnce(fresh, old, byCode, (_, row) => likeness.codeOf(row) !== null);
  const taken = new Set(tied.map(({ line }) => line));
  const foreign = old.filter((line) => !line.seenBySource && !taken.has(line));
  const untied = tieOnce(codeless, foreign, dayAndAmount, (line, row) =>
    likeness.mayBeEdited(line, row),
  );
  return { tied, untied };
}

function dayAndAmount(line: Comparable): string {
  return `${line.bookingDate} ${line.amountMinor}`;
}
