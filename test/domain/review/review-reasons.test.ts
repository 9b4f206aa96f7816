import { describe, expect, it } from 'vitest';
import { adviceFor, REVIEW_REASONS } from '../../../domain/review/review-reasons.ts';

describe('review reasons', () => {
  it.each(REVIEW_REASONS)('explain %s in one plain sentence with one next step', (reason) => {
    const { sentence, nextStep } = adviceFor(reason);
    for (const text of [sentence, nextStep]) {
      expect(text).toMatch(/^[A-Z][^.]*\.$/);
      expect(text).not.toContain('_');
      expect(text.length).toBeLessThanOrEqual(110);
    }
  });

  it('say something else for each reason', () => {
    const sentences = REVIEW_REASONS.map((reason) => adviceFor(reason).sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
