import { describe, expect, it } from 'vitest';
import {
  differenceOf,
  isWrong,
  RULE_DIFFERENCES,
  type WhatHappened,
} from '../../../domain/review/rules-difference.ts';
import { differenceInWords } from '../../../domain/words/rule-differences.ts';

const byCode = (...walletIds: readonly string[]): WhatHappened => ({
  kind: 'credited',
  by: 'code',
  walletIds,
});
const byPerson = (...walletIds: readonly string[]): WhatHappened => ({
  kind: 'credited',
  by: 'person',
  walletIds,
});
const WALLET = { kind: 'wallet', walletId: 'anna' } as const;
const REVIEW = { kind: 'review', reason: 'ambiguous' } as const;

describe('differenceOf', () => {
  it.each([
    ['a credit by its code to the same wallet', byCode('anna'), WALLET, 'same'],
    ['a credit by its code that would wait', byCode('anna'), REVIEW, 'holds_credited'],
    ['a credit by its code to another wallet', byCode('ben'), WALLET, 'other_wallet'],
    ['a person’s credit to the same wallet', byPerson('anna'), WALLET, 'as_person'],
    ['a person’s credit that would wait', byPerson('anna'), REVIEW, 'same'],
    ['a person’s credit to another wallet', byPerson('ben'), WALLET, 'other_wallet'],
    ['a split of which a part went elsewhere', byPerson('anna', 'ben'), WALLET, 'other_wallet'],
    ['a return that would be credited', { kind: 'returned' }, WALLET, 'credits_refused'],
    ['a dismissal that would be credited', { kind: 'dismissed' }, WALLET, 'credits_refused'],
    ['a return that would wait', { kind: 'returned' }, REVIEW, 'same'],
    ['what the bank took back first', { kind: 'reversed' }, WALLET, 'credits_waiting'],
    ['what waits', { kind: 'waiting' }, WALLET, 'credits_waiting'],
    ['what waits and would wait', { kind: 'waiting' }, REVIEW, 'same'],
  ] as const)('names %s', (_, happened, decided, difference) => {
    expect(differenceOf(happened, decided)).toBe(difference);
  });

  it('marks wrong credits as wrong, and has words for each difference', () => {
    expect(RULE_DIFFERENCES.filter(isWrong)).toEqual(['other_wallet', 'credits_refused']);
    const words = RULE_DIFFERENCES.map(differenceInWords);
    expect(new Set(words).size).toBe(RULE_DIFFERENCES.length);
    expect(words).not.toContain('');
  });
});
