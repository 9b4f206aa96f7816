import { describe, expect, it } from 'vitest';
import { rounds } from '../../support/rounds.ts';
import { playHistory } from '../support/hostile-bank.ts';
import { TRICKS, type Trick } from '../support/tricks.ts';
import { judge, type Verdict } from '../support/judge.ts';

interface Sum extends Verdict {
  /** Seeds of histories with a fault, to play them again. */
  readonly faulty: readonly number[];
}

function play(tricks: readonly Trick[], count: number): Sum {
  const sum = { doubled: 0, frozen: 0, wrong: 0, swallowed: 0, genuine: 0, needless: 0 };
  const faulty: number[] = [];
  for (let seed = 1; seed <= count; seed += 1) {
    const verdict = judge(playHistory(seed, new Set(tricks)));
    for (const key of ['doubled', 'frozen', 'wrong', 'swallowed', 'genuine', 'needless'] as const)
      sum[key] += verdict[key];
    if (verdict.doubled + verdict.wrong + verdict.swallowed > 0) faulty.push(seed);
  }
  return { ...sum, faulty };
}

describe('the line identity, with a hostile bank,', () => {
  const histories = rounds({ short: 120, long: 2_000 });

  it('credits each deposit once and holds none where the bank does nothing wrong', () => {
    const { genuine, ...verdict } = play([], histories);
    expect(verdict).toEqual({
      doubled: 0,
      frozen: 0,
      wrong: 0,
      swallowed: 0,
      needless: 0,
      faulty: [],
    });
    expect(genuine).toBeGreaterThan(histories);
  });

  it.each(TRICKS)('doubles, loses and misplaces nothing where the bank plays %s', (trick) => {
    const { doubled, faulty, genuine, needless, swallowed, wrong } = play([trick], histories);
    expect({ doubled, wrong, swallowed, faulty }).toEqual({
      doubled: 0,
      wrong: 0,
      swallowed: 0,
      faulty: [],
    });
    // The aim is 3 in 100; a few histories of one trick may have one more.
    expect(needless).toBeLessThanOrEqual(genuine * 0.03 + 10);
  });
});
