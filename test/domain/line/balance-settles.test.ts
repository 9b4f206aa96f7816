import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settleByBalance, type Doubt } from '../../../domain/line/balance-settles.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';

const DAY = parseLocalDate('2026-11-20');
const LATER = parseLocalDate('2026-11-21');

function aDoubt(given: Partial<Doubt> = {}): Doubt {
  return {
    ...{ id: '1', kind: 'line', bookingDate: DAY, amountMinor: 10_000n, besideLineId: '90' },
    ...{ isCorrection: false, isDecided: false, depositId: 'dep_1' },
    ...given,
  };
}
const aRow = (given: Partial<Doubt> = {}) =>
  aDoubt({ id: '2', kind: 'row', depositId: null, ...given });

function settle(doubts: readonly Doubt[], differenceMinor: bigint) {
  const settled = settleByBalance(doubts, { differenceMinor, closedUntil: DAY });
  const ids = (of: readonly Doubt[]) => of.map(({ id }) => id);
  return {
    own: ids(settled.own),
    same: ids(settled.same),
    lines: ids(settled.lines),
    ended: ids(settled.ended),
  };
}
const NOTHING = { own: [], same: [], lines: [], ended: [] };

describe('a balance that the bank states', () => {
  it('makes a held line one of its own where the ledger agrees', () => {
    expect(settle([aDoubt()], 0n)).toEqual({ ...NOTHING, own: ['1'] });
  });

  it('makes a held line the line beside it where the ledger has exactly its amount too much', () => {
    expect(settle([aDoubt()], 10_000n)).toEqual({ ...NOTHING, same: ['1'] });
  });

  it('makes a row that waits a line where the ledger lacks exactly its amount', () => {
    expect(settle([aRow()], -10_000n)).toEqual({ ...NOTHING, lines: ['2'] });
  });

  it('ends a row that waits where the ledger agrees, once its day is over', () => {
    expect(settle([aRow()], 0n)).toEqual({ ...NOTHING, ended: ['2'] });
    expect(settle([aRow({ bookingDate: LATER })], 0n)).toEqual(NOTHING);
  });

  it('tells the ones that it counts from the ones that it does not', () => {
    const doubts = [
      aDoubt(),
      aDoubt({ id: '3', amountMinor: 7_500n }),
      aRow({ amountMinor: 500n }),
    ];
    expect(settle(doubts, 7_000n)).toEqual({ own: ['1'], same: ['3'], lines: ['2'], ended: [] });
  });

  it.each([
    ['no doubt has the amount', [aDoubt()], 5_000n],
    ['two doubts have the amount', [aDoubt(), aDoubt({ id: '3' })], 10_000n],
    ['a double and a row of one amount may cancel out', [aDoubt(), aRow()], 0n],
    [
      'a line that is gone has the amount, too',
      [aDoubt(), aDoubt({ id: '3', kind: 'gone' })],
      10_000n,
    ],
    ['what was corrected has the amount', [aDoubt({ isCorrection: true })], 10_000n],
    ['people have decided about the line', [aDoubt({ isDecided: true })], 10_000n],
    ['it is a debit, which has no deposit', [aDoubt({ amountMinor: -10_000n })], -10_000n],
    ['the line may be no single one', [aDoubt({ besideLineId: null })], 10_000n],
    [
      'the line beside it leaves, too',
      [aDoubt(), aDoubt({ id: '3', besideLineId: '1', amountMinor: 500n })],
      10_500n,
    ],
    ['nothing is in doubt', [], 10_000n],
  ] as const)('decides nothing where %s', (_why, doubts, differenceMinor) => {
    expect(settle(doubts, differenceMinor)).toEqual(NOTHING);
  });

  it('leaves what was corrected to people where the ledger agrees', () => {
    const doubts = [aDoubt({ isCorrection: true }), aRow({ isCorrection: true, amountMinor: 1n })];
    expect(settle(doubts, 0n)).toEqual(NOTHING);
  });

  it('takes what people decided for right where the ledger agrees', () => {
    const doubts = [
      aDoubt(),
      aDoubt({ id: '3', isDecided: true }),
      aDoubt({ id: '4', kind: 'gone' }),
    ];
    expect(settle(doubts, 0n)).toEqual({ ...NOTHING, own: ['1'] });
  });

  it('counts a batch that was booked again as a whole', () => {
    const batch = [1n, 2n, 4n].map((amountMinor, at) =>
      aDoubt({ id: `b${at}`, besideLineId: null, amountMinor }),
    );
    expect(settle(batch, 0n)).toEqual({ ...NOTHING, own: ['b0', 'b1', 'b2'] });
    expect(settle(batch, 2n)).toEqual(NOTHING);
  });

  it('decides nothing where so many are in doubt that several sums may fit by chance', () => {
    const many = Array.from({ length: 13 }, (_, at) =>
      aDoubt({ id: `m${at}`, amountMinor: 2n ** BigInt(at) }),
    );
    expect(settle(many, 1n)).toEqual(NOTHING);
    expect(settle(many.slice(1), 2n).same).toEqual(['m1']);
  });

  it('decides rightly or not at all: the ledger agrees with the bank once it is carried out', () => {
    const doubts = fc
      .uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 9 })
      .chain((amounts) =>
        fc.tuple(
          ...amounts.map((amount, at) =>
            fc.record({
              doubt: fc
                .constantFrom('line' as const, 'row' as const)
                .map((kind) => aDoubt({ id: `${at}`, kind, amountMinor: BigInt(amount) })),
              /** The bank counts it. */
              isReal: fc.boolean(),
            }),
          ),
        ),
      );
    let decided = 0;
    fc.assert(
      fc.property(doubts, (truth) => {
        const off = truth.reduce((sum, { doubt, isReal }) => {
          if (doubt.kind === 'row') return isReal ? sum - doubt.amountMinor : sum;
          return isReal ? sum : sum + doubt.amountMinor;
        }, 0n);
        const all = truth.map(({ doubt }) => doubt);
        const { ended, lines, own, same } = settle(all, off);
        if (own.length + same.length + lines.length + ended.length === 0) return;
        decided += 1;
        for (const { doubt, isReal } of truth) {
          const [yes, no] = doubt.kind === 'line' ? [own, same] : [lines, ended];
          expect((isReal ? yes : no).includes(doubt.id)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(decided).toBeGreaterThan(200);
  });
});
