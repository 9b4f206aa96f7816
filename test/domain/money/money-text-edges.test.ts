import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCurrency, ZAR } from '../../../domain/money/money.ts';
import {
  parseMinor,
  printMinor,
  printRand,
  type DecimalStyle,
} from '../../../domain/money/money-text.ts';

const COMMA: DecimalStyle = { decimalMark: ',' };
const GROUPED: DecimalStyle = { decimalMark: '.', thousandsMark: ',' };
const unreadable = expect.objectContaining({ code: 'money.unreadable' }) as unknown;

/** The amount that was read, or null where it was refused. */
function read(text: string, style: DecimalStyle): bigint | null {
  try {
    return parseMinor(text, ZAR, style);
  } catch (error) {
    expect(error).toEqual(unreadable);
    return null;
  }
}

const swapMarks = (text: string) => text.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'));

describe('parseMinor', () => {
  it('reads a text with commas as it reads the same text with points, and refuses the same', () => {
    const amountLike = fc
      .array(fc.constantFrom('0', '7', '12', '.', ',', '-', '+', ' ', 'x'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(amountLike, (text) => {
        expect(read(swapMarks(text), COMMA)).toBe(read(text, { decimalMark: '.' }));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['250', '250,', '250,0', '+250,00'])('reads %j with a comma as 25000 cents', (text) => {
    expect(parseMinor(text, ZAR, COMMA)).toBe(25_000n);
  });

  it('reads texts of up to forty characters', () => {
    expect(parseMinor('1'.padStart(40, '0'), ZAR)).toBe(100n);
    expect(() => parseMinor('1'.padStart(41, '0'), ZAR)).toThrow(unreadable);
  });

  it.each(['1,2345.00', '1,23.00', '1,234x.00', '-1,-234.00', '1,234,5678.00'])(
    'refuses thousands groups that have not three digits each: %j',
    (text) => {
      expect(() => parseMinor(text, ZAR, GROUPED)).toThrow(unreadable);
    },
  );

  it.each([
    ['-123,456.00', -12_345_600n],
    ['+1,234.5', 123_450n],
    ['1234.00', 123_400n],
    ['12,345,678.90', 1_234_567_890n],
  ])('reads %j with thousands groups as %d cents', (text, minor) => {
    expect(parseMinor(text, ZAR, GROUPED)).toBe(minor);
  });
});

describe('amounts around zero', () => {
  it.each([
    [-1n, '-0.01', '-R0.01'],
    [0n, '0.00', 'R0.00'],
    [1n, '0.01', 'R0.01'],
    [99n, '0.99', 'R0.99'],
    [100n, '1.00', 'R1.00'],
  ])('keep their sign and two digits in print: %d', (minor, plain, rand) => {
    expect(printMinor(minor, ZAR)).toBe(plain);
    expect(printRand(minor)).toBe(rand);
  });

  it.each([
    ['JPY', '-1', '1'],
    ['KWD', '-0.001', '0.001'],
  ])('show as many decimals as %s has', (code, minus, plus) => {
    expect(printMinor(-1n, parseCurrency(code))).toBe(minus);
    expect(printMinor(1n, parseCurrency(code))).toBe(plus);
  });
});
