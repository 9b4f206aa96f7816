import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReferences } from '../../../domain/reference/reference.ts';
import { rounds } from '../../support/rounds.ts';
import {
  createHostileBank,
  movesOf,
  type HostileBank,
  type Tricks,
} from '../support/hostile-bank.ts';

/** Counts by customer and amount: what customers would notice. */
function countBy(
  lines: readonly { readonly amountMinor: bigint; readonly code: string }[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { amountMinor, code } of lines) {
    const key = `${code} ${amountMinor.toString()}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function stored({ store }: HostileBank) {
  return store.lines().map((line) => {
    const reading = readReferences(line.references);
    return { ...line, code: reading.kind === 'exact' ? reading.code : '' };
  });
}

function play(tricks: Tricks, numRuns: number, judge: (bank: HostileBank) => void): void {
  fc.assert(
    fc.property(movesOf(tricks), (moves) => {
      const bank = createHostileBank(tricks);
      fc.modelRun(() => ({ model: {}, real: bank }), moves);
      bank.settle();
      judge(bank);
    }),
    { numRuns: rounds({ short: Math.ceil(numRuns / 4), long: numRuns * 4 }) },
  );
}

/** No line credits that is not a deposit of the bank, and each deposit of the bank is there, if only held. */
function expectNoneDoubledNoneLost(bank: HostileBank): void {
  const truth = countBy(bank.truth());
  const all = countBy(stored(bank));
  const crediting = countBy(stored(bank).filter((line) => line.hold === null));
  for (const [key, count] of Object.entries(crediting)) {
    expect(count, `credited ${key}`).toBeLessThanOrEqual(truth[key] ?? 0);
  }
  for (const [key, count] of Object.entries(truth)) {
    expect(all[key] ?? 0, `stored ${key}`).toBeGreaterThanOrEqual(count);
  }
}

describe('the line identity, with a hostile bank,', () => {
  it('stores each deposit once and holds none where ids are stable, whatever is edited', () => {
    play({ idStable: true, edits: true, races: false }, 300, (bank) => {
      expect(countBy(stored(bank))).toEqual(countBy(bank.truth()));
      expect(stored(bank).filter((line) => line.hold !== null)).toEqual([]);
    });
  });

  it('stores each deposit once and holds none where ids are reissued and texts are kept', () => {
    play({ idStable: false, edits: false, races: false }, 300, (bank) => {
      expect(countBy(stored(bank))).toEqual(countBy(bank.truth()));
      expect(stored(bank).filter((line) => line.hold !== null)).toEqual([]);
      expect(bank.store.held()).toEqual([]);
    });
  });

  it('doubles no deposit and loses none where ids and texts change and feeds race', () => {
    play({ idStable: false, edits: true, races: true }, 600, expectNoneDoubledNoneLost);
    play({ idStable: true, edits: true, races: true }, 300, expectNoneDoubledNoneLost);
  });

  it('stores each deposit once and holds none where statement files use other words', () => {
    play({ idStable: false, edits: false, races: false, files: 'after polls' }, 300, (bank) => {
      expect(countBy(stored(bank))).toEqual(countBy(bank.truth()));
      expect(stored(bank).filter((line) => line.hold !== null)).toEqual([]);
    });
  });

  it('doubles no deposit and loses none in thousands of histories of every trick at once', () => {
    const tricks = { edits: true, races: true, files: 'at any time', shifts: true } as const;
    play({ ...tricks, idStable: false }, 1_200, expectNoneDoubledNoneLost);
    play({ ...tricks, idStable: true }, 800, expectNoneDoubledNoneLost);
  });

  it('lets an id held under two texts identify only one line, so that a moved day doubles no credit', () => {
    const tricks = { edits: true, races: true, files: 'at any time', shifts: true } as const;
    const bank = createHostileBank({ ...tricks, idStable: false });
    bank.newLine(0, 0);
    bank.sendFile(0, 0, 0);
    bank.newLine(0, 0);
    bank.nextDay();
    bank.webhook(0, 1, 0);
    bank.pollDuringWebhook(0, 0, 1);
    bank.shift(0);
    bank.webhook(1, 1, 0);
    bank.settle();
    expectNoneDoubledNoneLost(bank);
  });

  it('adds nothing when it reads again', () => {
    play({ idStable: false, edits: true, races: true }, 200, (bank) => {
      const before = bank.store.lines().length;
      for (let turn = 0; turn < 3; turn += 1) bank.poll(turn);
      expect(bank.store.lines()).toHaveLength(before);
    });
  });
});
