import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AMOUNT_MINOR_MAX, parseCurrency, ZAR } from '../../../domain/money/money.ts';
import {
  parseMinor,
  printMinor,
  printRand,
  type DecimalStyle,
} from '../../../domain/money/money-text.ts';

const aMinor = fc.bigInt({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX });
const aCurrency = fc.constantFrom('ZAR', 'JPY', 'KWD', 'CLF').map(parseCurrency);
const COMMA: DecimalStyle = { decimalMark: ',' };
const unreadable = expect.objectContaining({ code: 'money.unreadable' }) as unknown;

describe('the pair of parseMinor and printMinor', () => {
  it('preserves any amount in any currency, to the last cent', () => {
    fc.assert(
      fc.property(aMinor, aCurrency, (minor, currency) => {
        expect(parseMinor(printMinor(minor, currency), currency)).toBe(minor);
      }),
    );
  });

  it('preserves the text that was printed', () => {
    const anAmount = fc.stringMatching(/^-?(?:0|[1-9][0-9]{0,10})\.[0-9]{2}$/);
    fc.assert(
      fc.property(anAmount, (text) => {
        fc.pre(text !== '-0.00');
        expect(printMinor(parseMinor(text, ZAR), ZAR)).toBe(text);
      }),
    );
  });

  it('reads the same from a comma, from thousands groups and with trailing zeros', () => {
    fc.assert(
      fc.property(aMinor, aCurrency, fc.constantFrom("'", ' ', '.'), (minor, currency, mark) => {
        const [whole = '', fraction = ''] = printMinor(minor, currency).split('.');
        const grouped = whole.replace(/\B(?=(\d{3})+$)/g, mark);
        const style: DecimalStyle = { decimalMark: ',', thousandsMark: mark };
        expect(parseMinor(`${whole},${fraction}`, currency, COMMA)).toBe(minor);
        expect(parseMinor(`${grouped},${fraction}000`, currency, style)).toBe(minor);
      }),
    );
  });

  it('prints zero without a sign', () => {
    expect(printMinor(0n, ZAR)).toBe('0.00');
    expect(parseMinor('-0.00', ZAR)).toBe(0n);
  });
});

describe('parseMinor', () => {
  it.each([
    ['250.00', 25_000n],
    ['250', 25_000n],
    ['250.', 25_000n],
    ['0.7', 70n],
    ['+1.05', 105n],
    ['-12345.67', -1_234_567n],
    ['1.050000', 105n],
    ['00012.00', 1_200n],
    ['90071992547.40', 9_007_199_254_740n],
    ['100000000000.00', AMOUNT_MINOR_MAX],
  ])('reads %j as %d cents', (text, minor) => {
    expect(parseMinor(text, ZAR)).toBe(minor);
  });

  it.each([
    '',
    ' ',
    '.50',
    ' 1.00',
    '1.00 ',
    '1e5',
    '1E400',
    '0x10',
    '1.005',
    '1,234.50',
    '1 234,50',
    '1.2.3',
    '--1',
    '+-1',
    '1-',
    'NaN',
    'Infinity',
    'null',
    'R50',
    '\u0661\u0662',
    '\uff11',
    '1\u0000',
    '1.00\n',
    '100000000000.01',
    '9'.repeat(41),
  ])('refuses %j rather than guess', (text) => {
    expect(() => parseMinor(text, ZAR)).toThrow(unreadable);
  });

  it.each(['1,23,456.00', '12,34.00', '1234,567.00', ',123.00', '1,,234.00', '1,234,.00'])(
    'refuses misplaced thousands groups: %j',
    (text) => {
      expect(() => parseMinor(text, ZAR, { decimalMark: '.', thousandsMark: ',' })).toThrow(
        unreadable,
      );
    },
  );

  it('refuses a point where the source writes commas', () => {
    expect(() => parseMinor('1.50', ZAR, COMMA)).toThrow(unreadable);
  });

  it('never repeats what it could not read, since the text could be personal', () => {
    expect(() => parseMinor('CUS12345671', ZAR)).toThrow(/^(?!.*CUS)/);
  });

  it('refuses or reads any text, and what it reads has the value that the text states', () => {
    const amountLike = fc
      .array(fc.constantFrom('0', '1', '9', '.', ',', '-', '+', 'e', ' '), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(amountLike, (text) => {
        const isPlain = /^[+-]?[0-9]+(?:\.[0-9]{0,2}0*)?$/.test(text);
        if (isPlain) expect(parseMinor(text, ZAR)).toBe(BigInt(Math.round(Number(text) * 100)));
        else expect(() => parseMinor(text, ZAR)).toThrow(unreadable);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('printRand', () => {
  it.each([
    [125_000n, 'R1,250.00'],
    [30_000n, 'R300.00'],
    [0n, 'R0.00'],
    [5n, 'R0.05'],
    [-5n, '-R0.05'],
    [123_456_789n, 'R1,234,567.89'],
    [-100_000n, '-R1,000.00'],
    [AMOUNT_MINOR_MAX, 'R100,000,000,000.00'],
  ])('writes %d cents as %s', (minor, text) => {
    expect(printRand(minor)).toBe(text);
  });

  it('prints text that reads back, sign, groups and all', () => {
    fc.assert(
      fc.property(aMinor, (minor) => {
        const plain = printRand(minor).replace('R', '');
        expect(parseMinor(plain, ZAR, { decimalMark: '.', thousandsMark: ',' })).toBe(minor);
      }),
    );
  });
});
