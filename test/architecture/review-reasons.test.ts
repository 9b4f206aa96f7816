import { describe, expect, it } from 'vitest';
import { adviceFor, REVIEW_REASONS } from '../../domain/review/review-reasons.ts';
import { readRepositoryFile, readTable } from '../support/repository.ts';

describe('docs/reviews.md', () => {
  it('explains every reason in the words of the desk, in its order', () => {
    const [, ...rows] = readTable(readRepositoryFile('docs/reviews.md'), '## Reasons');
    const expected = REVIEW_REASONS.map((reason) => {
      const { sentence, nextStep } = adviceFor(reason);
      return [`\`${reason}\``, sentence, nextStep];
    });
    expect(rows).toEqual(expected);
  });
});
