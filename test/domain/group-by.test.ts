import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupBy } from '../../domain/group-by.ts';
import { invariant, InvariantViolation } from '../../domain/invariant.ts';

describe('groupBy', () => {
  it('puts each item into the group of its key, all in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 })), (keys) => {
        const items = keys.map((key, place) => ({ key, place }));
        const groups = [...groupBy(items, ({ key }) => key)];
        expect(groups.map(([key]) => key)).toEqual([...new Set(keys)]);
        for (const [key, group] of groups)
          expect(group).toEqual(items.filter((item) => item.key === key));
      }),
    );
  });
});

describe('invariant', () => {
  it('stops what a bug has broken, under a name of its own, and lets all else pass', () => {
    expect(() => {
      invariant(true, 'never said');
    }).not.toThrow();
    const broken = () => {
      invariant(false, 'A cent is missing.');
    };
    expect(broken).toThrow(InvariantViolation);
    expect(broken).toThrow(
      expect.objectContaining({ name: 'InvariantViolation', message: 'A cent is missing.' }),
    );
  });
});
