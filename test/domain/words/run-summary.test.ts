import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../../domain/invariant.ts';
import { printRunSummary, type RunCounts } from '../../../domain/words/run-summary.ts';

const FIVE_AND_ONE: RunCounts = {
  reconciledCount: 5,
  reconciledMinor: 125_000n,
  credits: 25n,
  unmatchedCount: 1,
  unmatchedMinor: 30_000n,
  totalCount: 6,
};

describe('printRunSummary', () => {
  it('prints the block of the design, letter for letter', () => {
    expect(printRunSummary('fnb-main', FIVE_AND_ONE)).toBe(
      [
        'Reconciliation completed: fnb-main',
        '  Reconciled:       5 deposits   R1,250.00   25 credits',
        '  Unmatched:        1 deposit    R300.00     waiting for review',
        '  Total processed:  6 deposits',
      ].join('\n'),
    );
  });

  it('prints a run that found nothing', () => {
    const counts = {
      reconciledCount: 0,
      reconciledMinor: 0n,
      credits: 0n,
      unmatchedCount: 0,
      unmatchedMinor: 0n,
      totalCount: 0,
    };
    expect(printRunSummary('fnb-main', counts)).toBe(
      [
        'Reconciliation completed: fnb-main',
        '  Reconciled:       0 deposits   R0.00   0 credits',
        '  Unmatched:        0 deposits   R0.00   waiting for review',
        '  Total processed:  0 deposits',
      ].join('\n'),
    );
  });

  it('uses the singular for one deposit and one credit', () => {
    const counts = { ...FIVE_AND_ONE, reconciledCount: 1, credits: 1n, totalCount: 2 };
    expect(printRunSummary('fnb-main', counts)).toContain('1 deposit    R1,250.00   1 credit\n');
    expect(printRunSummary('fnb-main', counts)).toMatch(/2 deposits$/);
  });

  it('groups large counts and keeps the columns aligned', () => {
    const counts = {
      reconciledCount: 50_000,
      reconciledMinor: 1_250_000_000n,
      credits: 250_000n,
      unmatchedCount: 1_204,
      unmatchedMinor: 6n,
      totalCount: 51_204,
    };
    expect(printRunSummary('absa-2', counts)).toBe(
      [
        'Reconciliation completed: absa-2',
        '  Reconciled:       50,000 deposits   R12,500,000.00   250,000 credits',
        '  Unmatched:        1,204 deposits    R0.06            waiting for review',
        '  Total processed:  51,204 deposits',
      ].join('\n'),
    );
  });

  it('groups counts of millions by thousands', () => {
    const counts = { ...FIVE_AND_ONE, reconciledCount: 1_234_567, totalCount: 1_234_568 };
    expect(printRunSummary('k', counts)).toMatch(/ 1,234,568 deposits$/);
  });

  it('names the deposits that had not settled, so that the counts add up', () => {
    expect(printRunSummary('fnb-main', { ...FIVE_AND_ONE, totalCount: 8 })).toContain(
      '\n  Not yet settled:  2 deposits\n  Total processed:  8 deposits',
    );
  });

  it('says that a read failed, and how many rows wait as cases', () => {
    const text = printRunSummary('fnb-main', {
      ...FIVE_AND_ONE,
      hasFailed: true,
      unreadableCount: 2,
    });
    expect(text).toMatch(/^Reconciliation failed: fnb-main\n/);
    expect(text).toContain('\n  Unreadable:       2 rows       waiting as cases\n');
  });

  it('ends no line with a blank, and prints a total that is the sum of its lines', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(count, count, count, (reconciledCount, unmatchedCount, unsettledCount) => {
        const totalCount = reconciledCount + unmatchedCount + unsettledCount;
        const text = printRunSummary('k', {
          ...FIVE_AND_ONE,
          reconciledCount,
          unmatchedCount,
          totalCount,
        });
        expect(text).not.toMatch(/ $/m);
        const counted = text
          .split('\n')
          .slice(1)
          .map((line) => Number(/ ([0-9,]+) deposit/.exec(line)?.[1]?.replaceAll(',', '')));
        expect(counted.at(-1)).toBe(counted.slice(0, -1).reduce((sum, each) => sum + each, 0));
      }),
    );
  });

  it('refuses counts that settle more than was handled', () => {
    expect(() => printRunSummary('fnb-main', { ...FIVE_AND_ONE, totalCount: 5 })).toThrow(
      InvariantViolation,
    );
  });
});
