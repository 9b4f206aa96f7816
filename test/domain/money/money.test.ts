import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../../domain/invariant.ts';
import {
  AMOUNT_MINOR_MAX,
  currencyExponent,
  divideFloor,
  parseCurrency,
  ZAR,
} from '../../../domain/money/money.ts';

const anyBigint = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const aDivisor = fc.bigInt({ min: 1n, max: 10n ** 8n });

describe('divideFloor', () => {
  it('loses nothing: quotient times divisor plus remainder is the dividend', () => {
    fc.assert(
      fc.property(anyBigint, aDivisor, (dividend, divisor) => {
        const { quotient, remainder } = divideFloor(dividend, divisor);
        expect(quotient * divisor + remainder).toBe(dividend);
      }),
    );
  });

  it('leaves a remainder from zero to below the divisor, also below zero', () => {
    fc.assert(
      fc.property(anyBigint, aDivisor, (dividend, divisor) => {
        const { remainder } = divideFloor(dividend, divisor);
        expect(remainder >= 0n && remainder < divisor).toBe(true);
      }),
    );
  });

  it.each([
    [7500n, 1n, 2500n],
    [4999n, 0n, 4999n],
    [-1n, -1n, 4999n],
    [-5000n, -1n, 0n],
    [0n, 0n, 0n],
  ])('divides %d by 5000 as %d, remainder %d', (dividend, quotient, remainder) => {
    expect(divideFloor(dividend, 5000n)).toEqual({ quotient, remainder });
  });

  it.each([0n, -5000n])('refuses the divisor %d', (divisor) => {
    expect(() => divideFloor(1n, divisor)).toThrow(InvariantViolation);
  });
});

describe('the list of currencies', () => {
  it.each([
    ['ZAR', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
  ])('knows that %s has %i decimals', (text, exponent) => {
    expect(currencyExponent(parseCurrency(text))).toBe(exponent);
  });

  it.each(['zar', 'ZA', 'ZARR', '', ' ZAR', 'Z\u0391R', 'R'])('refuses %j', (text) => {
    expect(() => parseCurrency(text)).toThrow(
      expect.objectContaining({ code: 'money.unreadable' }),
    );
  });

  it('limits wallets to rand, and amounts to R100 billion', () => {
    expect(ZAR).toBe('ZAR');
    expect(AMOUNT_MINOR_MAX).toBe(10_000_000_000_000n);
  });
});
