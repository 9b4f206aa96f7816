import { damm } from 'cdigit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asCustomerCode,
  CODE_SERIES_MAX,
  CUSTOMER_NUMBER_MAX,
  customerCodeFromNumber,
  dammDigit,
  hasValidCheckDigit,
  mayBeTakenFor,
  seriesOf,
  type CustomerCode,
} from '../../../domain/reference/customer-code.ts';
import { InvariantViolation } from '../../../domain/invariant.ts';

function code(text: string): CustomerCode {
  const found = asCustomerCode(text);
  if (found === null) throw new Error(`The test wrote a code that is none: ${text}`);
  return found;
}

function withDigit(whole: string, at: number, digit: string): string {
  return whole.slice(0, at) + digit + whole.slice(at + 1);
}

/** Every text that differs from a code in one digit. */
function digitErrors(whole: string): readonly string[] {
  return Array.from({ length: 8 }, (_, index) => index + 3).flatMap((at) =>
    Array.from('0123456789')
      .filter((digit) => digit !== whole.charAt(at))
      .map((digit) => withDigit(whole, at, digit)),
  );
}

/** Every text that a swap of two unlike neighbours makes of a code. */
function neighbourSwaps(whole: string): readonly string[] {
  return Array.from({ length: 7 }, (_, index) => index + 3)
    .filter((at) => whole.charAt(at) !== whole.charAt(at + 1))
    .map((at) => withDigit(withDigit(whole, at, whole.charAt(at + 1)), at + 1, whole.charAt(at)));
}

/** 2,000 numbers spread over the whole range, with both ends. */
const SAMPLE = [
  1,
  CUSTOMER_NUMBER_MAX,
  ...Array.from(
    { length: 1_998 },
    (_, index) => 1 + ((index * 5_003_777 + 41) % CUSTOMER_NUMBER_MAX),
  ),
];

const aNumber = fc.integer({ min: 1, max: CUSTOMER_NUMBER_MAX });
const anyCode = fc.stringMatching(/^[0-9]{8}$/).map((digits) => code(`CUS${digits}`));

describe('the check digit', () => {
  it('equals the worked example of the specification', () => {
    expect(dammDigit('572')).toBe('4');
    expect(hasValidCheckDigit(code('CUS00001234'))).toBe(true);
    expect(hasValidCheckDigit(code('CUS12345671'))).toBe(true);
    expect(hasValidCheckDigit(code('CUS12345678'))).toBe(false);
  });

  it('equals the result of an independent implementation', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{1,20}$/), (digits) => {
        expect(digits + dammDigit(digits)).toBe(damm.generate(digits));
      }),
      { numRuns: 2_000 },
    );
  });

  it('catches every single wrong digit and every swap of neighbours', () => {
    const missed = SAMPLE.flatMap((body) => {
      const right = customerCodeFromNumber(body);
      return [...digitErrors(right), ...neighbourSwaps(right)].filter((wrong) =>
        hasValidCheckDigit(code(wrong)),
      );
    });
    expect(SAMPLE.length * 72).toBe(144_000);
    expect(missed).toEqual([]);
  });

  it('catches the swap of 0 and 9 that Luhn misses', () => {
    const right = customerCodeFromNumber(1_230_945);
    expect(right.slice(6, 8)).toBe('09');
    expect(hasValidCheckDigit(code(withDigit(withDigit(right, 6, '9'), 7, '0')))).toBe(false);
  });

  it.each(['', '12a', '\u0661', '-1'])('fails for %j, which is not digits', (text) => {
    expect(() => dammDigit(text)).toThrow(InvariantViolation);
  });
});

describe('customerCodeFromNumber', () => {
  it('makes a well-formed code with a valid check digit that keeps its number', () => {
    fc.assert(
      fc.property(aNumber, (body) => {
        const made = customerCodeFromNumber(body);
        expect(asCustomerCode(made)).toBe(made);
        expect(hasValidCheckDigit(made)).toBe(true);
        expect(Number(made.slice(3, 10))).toBe(body);
      }),
    );
  });

  it('makes different codes of different numbers', () => {
    expect(new Set(SAMPLE.map(customerCodeFromNumber)).size).toBe(new Set(SAMPLE).size);
  });

  it.each([0, -1, 10_000_000, 1.5, NaN, Infinity])('refuses %s', (body) => {
    expect(() => customerCodeFromNumber(body)).toThrow(InvariantViolation);
  });
});

describe('asCustomerCode', () => {
  it.each([
    'cus12345671',
    'CUS1234567',
    'CUS123456712',
    ' CUS12345671',
    'CUS12345671\n',
    'CUS 12345671',
    'CUSO0001234',
    'CUS\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0661',
    '',
  ])('refuses %j, since it reads only the exact form', (text) => {
    expect(asCustomerCode(text)).toBeNull();
  });
});

describe('mayBeTakenFor', () => {
  it('holds for exactly the codes that one wrong digit or one swap makes', () => {
    fc.assert(
      fc.property(anyCode, anyCode, (one, other) => {
        const near = new Set([...digitErrors(one), ...neighbourSwaps(one)]);
        expect(mayBeTakenFor(one, other)).toBe(near.has(other));
        for (const each of near) expect(mayBeTakenFor(one, code(each))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('holds for both codes or for neither', () => {
    const nearby = anyCode.chain((one) =>
      fc.tuple(fc.constant(one), fc.constantFrom(...digitErrors(one), ...neighbourSwaps(one))),
    );
    fc.assert(
      fc.property(fc.oneof(nearby, fc.tuple(anyCode, anyCode)), ([one, other]) => {
        expect(mayBeTakenFor(one, code(other))).toBe(mayBeTakenFor(code(other), one));
      }),
    );
  });

  it('never holds for two codes with valid check digits, nor for a code and itself', () => {
    fc.assert(
      fc.property(aNumber, aNumber, (one, other) => {
        expect(mayBeTakenFor(customerCodeFromNumber(one), customerCodeFromNumber(other))).toBe(
          false,
        );
        expect(mayBeTakenFor(customerCodeFromNumber(one), customerCodeFromNumber(one))).toBe(false);
      }),
    );
  });

  it('does not hold for two separate wrong digits, nor for a swap at a distance', () => {
    expect(mayBeTakenFor(code('CUS12345671'), code('CUS92345679'))).toBe(false);
    expect(mayBeTakenFor(code('CUS12345671'), code('CUS32145671'))).toBe(false);
  });
});

describe('seriesOf', () => {
  it('halves the numbers from one series to the next, in each stretch of them', () => {
    for (const start of [1, 5_000_000, 9_900_000]) {
      const sizes = new Map<number, number>();
      for (let body = start; body < start + 65_536; body += 1)
        sizes.set(seriesOf(body), (sizes.get(seriesOf(body)) ?? 0) + 1);
      for (let series = 0; series < CODE_SERIES_MAX; series += 1) {
        const meant = 65_536 / 2 ** (series + 1);
        expect(Math.abs((sizes.get(series) ?? 0) - meant)).toBeLessThan(6 * Math.sqrt(meant));
      }
    }
  });

  it('never changes: codes that a lost table held stay apart from new ones', () => {
    const numbers = [1, 2, 3, 4, 5, 1_234, 4_711, 572, 7_777_777, 9_999_999];
    expect(numbers.map(seriesOf)).toEqual([0, 0, 1, 3, 1, 1, 0, 2, 0, 0]);
  });
});
