import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addsUpAboveFourEyes,
  limitOf,
  needsApproval,
  type AloneShare,
} from '../../../domain/review/approval.ts';

const POLICY = { fourEyesAboveMinor: 500_000n };
const DAILY = { dailyLimitMinor: 10_000_000n };
const share = (customer: string, amountMinor: bigint, decidedAloneMinor = 0n): AloneShare => ({
  customer,
  amountMinor,
  decidedAloneMinor,
});

/** Credits of one person, in turn: each splits over up to three customers. */
const credits = fc.array(
  fc.array(fc.record({ customer: fc.nat(2), amountMinor: fc.bigInt({ min: 1n, max: 600_000n }) }), {
    minLength: 1,
    maxLength: 3,
  }),
  { maxLength: 30 },
);

describe('what one person decides alone', () => {
  it('never adds up to more than one person may decide, for any customer and in any order', () => {
    fc.assert(
      fc.property(credits, (all) => {
        const alone = new Map<number, bigint>();
        for (const parts of all) {
          const shares = parts.map(({ customer, amountMinor }) =>
            share(`${customer}`, amountMinor, alone.get(customer) ?? 0n),
          );
          const amountMinor = parts.reduce((sum, part) => sum + part.amountMinor, 0n);
          const isShared =
            needsApproval({ kind: 'credit', amountMinor }, POLICY) ||
            addsUpAboveFourEyes(shares, POLICY);
          if (isShared) continue;
          for (const part of parts)
            alone.set(part.customer, (alone.get(part.customer) ?? 0n) + part.amountMinor);
        }
        for (const sum of alone.values()) expect(sum <= POLICY.fourEyesAboveMinor).toBe(true);
      }),
    );
  });

  it('needs a second person only where some customer’s sum is above the limit', () => {
    fc.assert(
      fc.property(credits, (all) => {
        for (const parts of all) {
          const sums = new Map<number, bigint>();
          for (const { customer, amountMinor } of parts)
            sums.set(customer, (sums.get(customer) ?? 250_000n) + amountMinor);
          const shares = parts.map((part) => share(`${part.customer}`, part.amountMinor, 250_000n));
          expect(addsUpAboveFourEyes(shares, POLICY)).toBe(
            [...sums.values()].some((sum) => sum > 500_000n),
          );
        }
      }),
    );
  });

  it.each([
    ['the first R4,999 for a customer', [share('a', 499_900n)], false],
    ['what reaches the limit to the cent', [share('a', 100n, 499_900n)], false],
    ['a cent more', [share('a', 101n, 499_900n)], true],
    ['the same for another customer', [share('b', 499_900n)], false],
    ['two wallets of one customer', [share('a', 300_000n), share('a', 300_000n)], true],
    ['two customers', [share('a', 300_000n), share('b', 300_000n)], false],
    ['a split of which one part is too much', [share('a', 1n), share('b', 2n, 499_999n)], true],
  ] as const)('answers for %s whether it needs a second person', (_, shares, expected) => {
    expect(addsUpAboveFourEyes(shares, POLICY)).toBe(expected);
  });
});

describe('the daily limit', () => {
  it.each([
    ['credit', 10_000_000n, 'counted'],
    ['credit', 10_000_001n, 'large'],
    ['return', 60_000_000n, 'large'],
    ['dismiss', 60_000_000n, 'free'],
    ['correct', 1n, 'free'],
  ] as const)('takes a %s of %s cents as %s', (kind, amountMinor, expected) => {
    expect(limitOf({ kind, amountMinor }, DAILY)).toBe(expected);
  });
});
