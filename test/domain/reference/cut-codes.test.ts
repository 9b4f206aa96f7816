import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerCodeFromNumber } from '../../../domain/reference/customer-code.ts';
import {
  codesToLookUp,
  readReferences,
  withoutRivals,
} from '../../../domain/reference/reference.ts';

const CODE = 'CUS12345671';
const aCode = fc.integer({ min: 1, max: 9_999_999 }).map(customerCodeFromNumber);
const kindOf = (...references: readonly string[]) => {
  const reading = readReferences(references);
  return reading.kind === 'exact' ? 'exact' : reading.reason;
};

describe('a second code that was cut', () => {
  it('makes the first one ambiguous, though it begins like it, unless only its check digit is missing', () => {
    fc.assert(
      fc.property(aCode, fc.integer({ min: 4, max: 10 }), (code, length) => {
        const cut = code.slice(0, length);
        expect(kindOf(`${code} ${cut}`)).toBe(length === 10 ? 'exact' : 'ambiguous');
        expect(kindOf(`${cut} ${code}`)).toBe('ambiguous');
        expect(kindOf(`${code} ${cut} THX`)).toBe('ambiguous');
      }),
    );
  });

  it('makes the first one ambiguous if it begins otherwise, however long it is', () => {
    fc.assert(
      fc.property(aCode, aCode, fc.integer({ min: 4, max: 10 }), (code, other, length) => {
        fc.pre(!code.startsWith(other.slice(0, length)));
        expect(kindOf(`${code} ${other.slice(0, length)}`)).toBe('ambiguous');
      }),
    );
  });

  it('makes a legacy code ambiguous, whose last digit nothing determines', () => {
    expect(kindOf('CUS12345678 CUS1234567')).toBe('ambiguous');
  });

  it('leaves a code alone before a single letter', () => {
    expect(kindOf(`${CODE} C`)).toBe('exact');
  });

  it('leaves a code alone in a field that is the beginning of another one', () => {
    expect(kindOf(`PAYMENT ${CODE} JULY`, 'PAYMENT CUS1')).toBe('exact');
    expect(kindOf(`PAYMENT ${CODE} JULY`, 'SALARY CUS1')).toBe('ambiguous');
    expect(kindOf(`${CODE} JULY`, 'CUS1')).toBe('ambiguous');
    expect(kindOf(`${CODE} CUS12345`, `EFT ${CODE} CUS12345`)).toBe('ambiguous');
    expect(kindOf(`${CODE} CUS12345`, `${CODE} CUS123`)).toBe('ambiguous');
  });

  it.each([
    ['only its check digit is missing', `${CODE} CUS1234567`, [], 'CUS1234567'],
    ['another field ends as the code begins', CODE, ['INT-BANKING PMT FRM CUS1234'], 'CUS1234'],
    ['another field is what the code begins with', CODE, ['CUS123456'], 'CUS123456'],
  ])('counts as the same code if no other wallet begins so, where %s', (_, first, rest, start) => {
    const reading = readReferences([first, ...rest]);
    expect(codesToLookUp(reading)).toEqual([CODE, start]);
    const wallets = (...codes: readonly string[]) => new Map(codes.map((code) => [code, true]));
    expect(withoutRivals(reading, wallets())).toEqual(reading);
    expect(withoutRivals(reading, wallets(CODE, 'CUS12335678'))).toEqual(reading);
    expect(withoutRivals(reading, wallets(CODE, 'CUS12345678'))).toEqual({
      kind: 'review',
      reason: 'ambiguous',
      candidates: [CODE, 'CUS12345678'],
    });
  });

  it('says too little with fewer than four digits in another field', () => {
    expect(kindOf(CODE, 'INT-BANKING PMT FRM CUS1234')).toBe('exact');
    expect(kindOf(CODE, 'INT-BANKING PMT FRM CUS123')).toBe('ambiguous');
  });

  it.each(['CUS00001234 CUS', 'CUS00001234/CU', 'PAY CUS00001234 cus '])(
    'makes a deposit ambiguous where only its letters are left: %s',
    (text) => {
      expect(readReferences([text])).toMatchObject({ kind: 'review', reason: 'ambiguous' });
    },
  );

  it.each(['CUS00001234 CUSTOMER', 'CUSTOMER CUS00001234', 'CUS00001234 ACUS', 'CUS00001234'])(
    'changes nothing about other words: %s',
    (text) => {
      expect(readReferences([text])).toMatchObject({ kind: 'exact' });
    },
  );
});
