import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asCustomerCode,
  codesNear,
  customerCodeFromNumber,
  mayBeTakenFor,
} from '../../../domain/reference/customer-code.ts';

const aCode = fc.oneof(
  fc.integer({ min: 1, max: 9_999_999 }).map(customerCodeFromNumber),
  fc.stringMatching(/^[0-9]{8}$/).map((digits) => asCustomerCode(`CUS${digits}`) ?? fail(digits)),
);

function fail(digits: string): never {
  throw new Error(`The test wrote a code that is none: ${digits}`);
}

describe('codesNear', () => {
  it('gives a code first, then each code that may be taken for it, once', () => {
    fc.assert(
      fc.property(aCode, (code) => {
        const [self, ...others] = codesNear(code);
        expect(self).toBe(code);
        expect(new Set(others).size).toBe(others.length);
        expect(others.every((other) => mayBeTakenFor(code, other))).toBe(true);
        const digits = Array.from(code.slice(3));
        const swaps = digits.filter((digit, at) => at > 0 && digit !== digits[at - 1]).length;
        // A swap of a pair is two wrong digits, so it never repeats one of the 72 wrong digits.
        expect(others).toHaveLength(8 * 9 + swaps);
      }),
      { numRuns: 50 },
    );
  });
});

describe('customerCodeFromNumber', () => {
  it.each([1, 9_999_999])('makes a code of %i, the first and the last number', (body) => {
    expect(customerCodeFromNumber(body).slice(3, 10)).toBe(String(body).padStart(7, '0'));
  });
});
