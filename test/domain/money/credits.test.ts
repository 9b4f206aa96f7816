import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteCredits, rateOn, type Rate } from '../../../domain/money/credits.ts';
import { InvariantViolation } from '../../../domain/invariant.ts';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import { AMOUNT_MINOR_MAX } from '../../../domain/money/money.ts';

function aRate(version: number, minorPerCredit: bigint, effectiveFrom = '2026-01-01'): Rate {
  return { version, minorPerCredit, effectiveFrom: parseLocalDate(effectiveFrom) };
}

const R50 = aRate(1, 5000n);
const anAmount = fc.oneof(
  fc.bigInt({ min: 1n, max: 20_000n }),
  fc.bigInt({ min: 1n, max: AMOUNT_MINOR_MAX }),
);
const aRemainder = fc.bigInt({ min: 0n, max: 100_000n });
const anyRate = fc.bigInt({ min: 1n, max: 100_000n }).map((minor) => aRate(1, minor));

interface WalletTotals {
  readonly credits: bigint;
  readonly remainderMinor: bigint;
}

function creditAll(amounts: readonly bigint[], rate: Rate): WalletTotals {
  return amounts.reduce<WalletTotals>(
    (wallet, amountMinor) => {
      const quote = quoteCredits(amountMinor, wallet.remainderMinor, rate);
      return { credits: wallet.credits + quote.credits, remainderMinor: quote.remainderMinor };
    },
    { credits: 0n, remainderMinor: 0n },
  );
}

describe('quoteCredits', () => {
  it.each([
    ['R49.99 into nothing', 4999n, 0n, 0n, 4999n],
    ['one cent into R49.99', 1n, 4999n, 1n, 0n],
    ['R50 into nothing', 5000n, 0n, 1n, 0n],
    ['R50 into R10', 5000n, 1000n, 1n, 1000n],
    ['R75 into R10', 7500n, 1000n, 1n, 3500n],
    ['R30 into R35', 3000n, 3500n, 1n, 1500n],
    ['R1,250 into nothing', 125_000n, 0n, 25n, 0n],
    ['the largest amount', AMOUNT_MINOR_MAX, 4999n, 2_000_000_000n, 4999n],
  ])('gives for %s what the money model says', (_, amount, carried, credits, remainder) => {
    expect(quoteCredits(amount, carried, R50)).toEqual({
      credits,
      remainderMinor: remainder,
      prepaidMinor: credits * 5000n,
    });
  });

  it('splits every deposit to the cent: amount = credits × rate + change of the remainder', () => {
    fc.assert(
      fc.property(anAmount, aRemainder, anyRate, (amount, carried, rate) => {
        const quote = quoteCredits(amount, carried, rate);
        expect(quote.credits * rate.minorPerCredit + (quote.remainderMinor - carried)).toBe(amount);
        expect(quote.prepaidMinor).toBe(quote.credits * rate.minorPerCredit);
      }),
      { numRuns: 1_000 },
    );
  });

  it('carries less than one credit, whatever was carried before', () => {
    fc.assert(
      fc.property(anAmount, aRemainder, anyRate, (amount, carried, rate) => {
        const { credits, remainderMinor } = quoteCredits(amount, carried, rate);
        expect(remainderMinor >= 0n && remainderMinor < rate.minorPerCredit).toBe(true);
        expect(credits >= 0n).toBe(true);
      }),
    );
  });

  it('gives a wallet the same in the end, in whatever order its deposits come', () => {
    const amounts = fc.array(anAmount, { maxLength: 20 });
    const both = amounts.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(both, anyRate, ([list, shuffled], rate) => {
        const inOrder = creditAll(list, rate);
        const atOnce = list.reduce((sum, each) => sum + each, 0n);
        expect(creditAll(shuffled, rate)).toEqual(inOrder);
        expect(inOrder.credits * rate.minorPerCredit + inOrder.remainderMinor).toBe(atOnce);
      }),
    );
  });

  it('converts a remainder that a lower rate has made worth whole credits', () => {
    expect(quoteCredits(1n, 4999n, aRate(2, 1000n))).toEqual({
      credits: 5n,
      remainderMinor: 0n,
      prepaidMinor: 5000n,
    });
  });

  it('keeps all the money of a wallet over any history of rates', () => {
    const history = fc.array(fc.tuple(anAmount, anyRate), { maxLength: 20 });
    fc.assert(
      fc.property(history, (deposits) => {
        let remainder = 0n;
        let prepaid = 0n;
        for (const [amount, rate] of deposits) {
          const quote = quoteCredits(amount, remainder, rate);
          remainder = quote.remainderMinor;
          prepaid += quote.prepaidMinor;
        }
        expect(prepaid + remainder).toBe(deposits.reduce((sum, [amount]) => sum + amount, 0n));
      }),
    );
  });

  it.each([
    [0n, 0n, R50],
    [-1n, 0n, R50],
    [1n, -1n, R50],
    [1n, 0n, aRate(1, 0n)],
  ])('refuses invalid input: the amount %d with the remainder %d', (amount, carried, rate) => {
    expect(() => quoteCredits(amount, carried, rate)).toThrow(InvariantViolation);
  });
});

describe('rateOn', () => {
  const rates = [aRate(2, 6000n, '2026-07-01'), R50, aRate(3, 5500n, '2026-12-01')];

  it.each([
    ['2026-01-01', 1],
    ['2026-06-30', 1],
    ['2026-07-01', 2],
    ['2026-11-30', 2],
    ['2026-12-01', 3],
    ['2999-12-31', 3],
  ])('takes on %s version %i', (date, version) => {
    expect(rateOn(rates, parseLocalDate(date)).version).toBe(version);
  });

  it.each([[rates], [[]]])('says that a rate is missing before the first one', (known) => {
    expect(() => rateOn(known, parseLocalDate('2025-12-31'))).toThrow(
      expect.objectContaining({ code: 'rate.missing' }),
    );
  });

  it('takes the higher version of two from the same day, in either order', () => {
    const twins = [aRate(4, 5000n), aRate(5, 5200n)];
    expect(rateOn(twins, parseLocalDate('2026-01-01')).version).toBe(5);
    expect(rateOn(twins.toReversed(), parseLocalDate('2026-01-01')).version).toBe(5);
  });

  it('never takes a future rate, nor an old one when a newer is in force', () => {
    const day = fc
      .integer({ min: 0, max: 60 })
      .map((n) => addDays(parseLocalDate('2026-01-01'), n));
    const someRates = fc.array(day, { minLength: 1, maxLength: 8 }).map((days) =>
      days.map((effectiveFrom, index) => ({
        version: index + 1,
        minorPerCredit: 5000n,
        effectiveFrom,
      })),
    );
    fc.assert(
      fc.property(someRates, day, (known, date) => {
        const inForce = known.filter((rate) => rate.effectiveFrom <= date);
        fc.pre(inForce.length > 0);
        const taken = rateOn(known, date);
        expect(taken.effectiveFrom <= date).toBe(true);
        expect(inForce.every((rate) => rate.effectiveFrom <= taken.effectiveFrom)).toBe(true);
      }),
    );
  });
});
