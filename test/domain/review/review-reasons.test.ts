import { describe, expect, it } from 'vitest';
import { CLEARABLE_REASONS, REVIEW_REASONS } from '../../../domain/review/review-reasons.ts';
import { adviceFor } from '../../../domain/words/review-advice.ts';

describe('the list of review reasons', () => {
  it('clears no reason automatically where the deposit itself is in doubt', () => {
    const inDoubt = ['ambiguous', 'shadow', 'currency_mismatch', 'unreadable', 'reversal_unpaired'];
    expect(inDoubt.filter((reason) => CLEARABLE_REASONS.has(reason))).toEqual([]);
  });

  it.each(REVIEW_REASONS)('explains %s in one plain sentence with one next step', (reason) => {
    const { sentence, nextStep } = adviceFor(reason);
    for (const text of [sentence, nextStep]) {
      expect(text).toMatch(/^[A-Z][^.]*\.$/);
      expect(text).not.toContain('_');
      expect(text.length).toBeLessThanOrEqual(110);
    }
  });

  it('uses different words for each reason', () => {
    const sentences = REVIEW_REASONS.map((reason) => adviceFor(reason).sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
