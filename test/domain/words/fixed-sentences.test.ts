import { describe, expect, it } from 'vitest';
import { REVIEW_REASONS } from '../../../domain/review/review-reasons.ts';
import { RULE_DIFFERENCES } from '../../../domain/review/rules-difference.ts';
import { evidenceInWords } from '../../../domain/words/evidence.ts';
import { adviceFor } from '../../../domain/words/review-advice.ts';
import { differenceInWords } from '../../../domain/words/rule-differences.ts';

/** A sentence begins with a capital, says something and ends with a full stop. */
const SENTENCE = /^[A-Z][^\r\n]{20,}[a-z]\.$/;

describe('the advice for a review', () => {
  it.each(REVIEW_REASONS)(
    'says of %s what happened and what to do, each in a sentence',
    (reason) => {
      const { sentence, nextStep } = adviceFor(reason);
      expect(sentence).toMatch(SENTENCE);
      expect(nextStep).toMatch(SENTENCE);
    },
  );

  it('tells every reason from every other', () => {
    const sentences = REVIEW_REASONS.map((reason) => adviceFor(reason).sentence);
    expect(new Set(sentences).size).toBe(REVIEW_REASONS.length);
  });
});

describe('the words for a difference between rules and what happened', () => {
  it.each(RULE_DIFFERENCES)('complete a count of deposits: %s', (difference) => {
    expect(differenceInWords(difference)).toMatch(/^(?:would|were) [a-z ,]+[a-z]$/);
  });

  it('tell every difference from every other', () => {
    expect(new Set(RULE_DIFFERENCES.map(differenceInWords)).size).toBe(RULE_DIFFERENCES.length);
  });
});

describe('the evidence for a customer', () => {
  it.each(['code_repaired', 'code_mistyped', 'claim'] as const)(
    'becomes a sentence: %s',
    (kind) => {
      expect(evidenceInWords({ kind })).toMatch(SENTENCE);
    },
  );
});
