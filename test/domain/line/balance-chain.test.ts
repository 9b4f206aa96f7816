import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLateRows, hasGap, type ChainRow } from '../../../domain/line/balance-chain.ts';
import { dayOf } from '../support/shown-rows.ts';

/** Movements with the balances that they leave, as a bank posts them. */
function posted(
  moves: readonly (readonly [day: number, movedMinor: number])[],
): readonly ChainRow[] {
  let balanceMinor = 1_000_000n;
  return moves.map(([day, moved]) => {
    const movedMinor = BigInt(moved);
    balanceMinor += movedMinor;
    return { day: dayOf(day), movedMinor, balanceMinor };
  });
}

const FROM = dayOf(20);
const inWindow = (rows: readonly ChainRow[]) => rows.filter(({ day }) => day >= FROM);
const credits = (min: number, max: number) =>
  fc.array(fc.tuple(fc.constant(0), fc.integer({ min: 1, max: 90_000 })), {
    minLength: min,
    maxLength: max,
  });

describe('the chain of balances', () => {
  it('leaves nothing out in any order of a whole window', () => {
    fc.assert(
      fc.property(
        credits(0, 12).chain((moves) =>
          fc.shuffledSubarray([...posted(moves)], { minLength: moves.length }),
        ),
        (rows) => {
          expect(hasGap(rows)).toBe(false);
        },
      ),
    );
  });

  it('gives back exactly the rows that were posted among the window’s and dated before it', () => {
    fc.assert(
      fc.property(
        credits(1, 6),
        credits(1, 5),
        credits(1, 6),
        credits(1, 3),
        (old, first, then, late) => {
          const on = (moves: readonly (readonly [number, number])[], day: number) =>
            moves.map(([, moved]) => [day, moved] as const);
          const rows = posted([...on(old, 3), ...on(first, 21), ...on(late, 12), ...on(then, 22)]);
          expect(findLateRows(rows, FROM)).toEqual(rows.filter(({ day }) => day === dayOf(12)));
        },
      ),
    );
  });

  it('finds nothing where the past has no such row, or a balance came twice', () => {
    const [first, , last] = posted([
      [21, 100],
      [12, 300],
      [22, 50],
    ]);
    if (first === undefined || last === undefined) throw new Error('Three rows have ends.');
    expect(hasGap(inWindow([first, last]))).toBe(true);
    expect(findLateRows([first, last], FROM)).toBe(null);
    const swept = posted([
      [21, 100],
      [12, -100],
      [22, 100],
    ]);
    expect(findLateRows(swept, FROM)).toBe(null);
  });

  it('says nothing where balances never follow each other', () => {
    const rows = Array.from({ length: 8 }, (_, index) => ({
      day: dayOf(21),
      movedMinor: 100n,
      balanceMinor: BigInt(index * 7_777),
    }));
    expect(hasGap(rows)).toBe(false);
  });
});
