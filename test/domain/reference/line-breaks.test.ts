import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerCodeFromNumber } from '../../../domain/reference/customer-code.ts';
import {
  findCustomerCodes,
  normaliseReference,
  readReferences,
} from '../../../domain/reference/reference.ts';

const CODE = 'CUS12345671';
const LEGACY = 'CUS12345678';

/** The reading as one word, and the code or the suggestions. */
function inWords(...references: readonly string[]): string {
  const reading = readReferences(references);
  return reading.kind === 'exact'
    ? `exact ${reading.code} ${reading.written}`
    : [reading.reason, ...reading.candidates].join(' ');
}

const aCode = fc.integer({ min: 1, max: 9_999_999 }).map(customerCodeFromNumber);
const blanks = fc.constantFrom('', ' ', '   ', '\t', '\u00a0');
const aBreak = fc
  .tuple(
    blanks,
    fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\u0085', '\u2028', '\v', '\n \r\n'),
    blanks,
  )
  .map((parts) => parts.join(''));
/** Digits that three lines make a day of a year, in either order. */
const A_DAY =
  /^(?:[0-3][0-9]-[0-3][0-9]-(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-3][0-9]-[0-3][0-9])$/;
/** Words of letters that make no number before them a day or an amount, and that look like no digit. */
const words = fc.stringMatching(/^(?:[FGJKQVWXZ]{1,9} ){0,2}$/);

describe('a code that a line break tears apart', () => {
  it('reads as that code, wherever it breaks and whatever blanks stand there', () => {
    fc.assert(
      fc.property(
        words,
        aCode,
        fc.integer({ min: 1, max: 10 }),
        aBreak,
        words,
        (before, code, at, lineBreak, after) => {
          const torn = `${before}${code.slice(0, at)}${lineBreak}${code.slice(at)} ${after}`;
          expect(readReferences([torn]), JSON.stringify(torn)).toMatchObject({
            kind: 'exact',
            code,
            written: at <= 3 ? 'run' : 'grouped',
          });
          expect(findCustomerCodes(torn).map((found) => found.code)).toEqual([code]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('reads as that code where several breaks tear it, and as a suggestion where it looks like a day', () => {
    fc.assert(
      fc.property(
        aCode,
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 10 }),
        aBreak,
        (code, breaks, lineBreak) => {
          const torn = Array.from(code, (char, at) =>
            breaks.includes(at) ? lineBreak + char : char,
          ).join('');
          const isDay = A_DAY.test(
            torn
              .split(/[^0-9]+/)
              .slice(1)
              .join('-'),
          );
          expect(readReferences([torn])).toMatchObject(
            isDay
              ? { kind: 'review', reason: 'ambiguous', candidates: [code] }
              : { kind: 'exact', code },
          );
        },
      ),
      { numRuns: 1_000, examples: [['CUS33111909', [7, 5], '\n']] },
    );
  });

  it.each([
    ['CU\nS12345678', 'exact CUS12345678 run'],
    ['C\r\nUS12345678', 'exact CUS12345678 run'],
    ['CUS\n12345678', 'exact CUS12345678 run'],
    ['CUS1234\n5678', 'exact CUS12345678 grouped'],
    ['PAY CU\nS 12345671', 'exact CUS12345671 run'],
    ['PAY CU\nS1234 5671', 'exact CUS12345671 grouped'],
  ])('counts as a run only where the digits are whole: %j', (reference, meant) => {
    expect(inWords(reference)).toBe(meant);
  });

  it.each([
    ['a word that ends the line above', 'ABC\nUS12345671', `ambiguous ${CODE}`],
    ['a word that the break makes a name', 'MAR\nCUS12345671', `exact ${CODE} run`],
    ['a name before the break', 'MARC\nUS12345671', `ambiguous ${CODE}`],
    ['a day below', 'CUS123456\n71 NOV', `ambiguous ${CODE}`],
    ['a number below', 'CUS123456\n71\n20', `ambiguous ${CODE}`],
    ['a whole code above a number', `${CODE}\n20`, `exact ${CODE} run`],
    ['a digit above', '7C\nUS12345671', `guess_only ${CODE}`],
    ['a part of a longer number', 'CU\nS123456712', 'guess_only'],
    ['an empty line between other words', 'SALARY\n\nNOVEMBER', 'no_reference'],
  ])('respects %s', (_, reference, meant) => {
    expect(inWords(reference)).toBe(meant);
  });

  it('completes as if it were whole where digits are missing too', () => {
    expect(inWords('CU\nS1234567')).toBe(`guess_only ${CODE}`);
  });

  it('leaves the normal form of references as it was, on which stored keys depend', () => {
    expect(normaliseReference('pay CU \r\n S12345671\n')).toBe('PAY CU S12345671');
  });
});

describe('a code whose letters blanks tear apart', () => {
  it.each([
    ['CU S12345671', `exact ${CODE} grouped`],
    ['C US12345671', `exact ${CODE} grouped`],
    ['PAY C U  S12345671 THX', `exact ${CODE} grouped`],
    ['ABC US12345671', `guess_only ${CODE}`],
    ['CU S 12345671', 'guess_only'],
    ['CU S1234 5671', 'no_reference'],
    ['CU S1234567', 'no_reference'],
    ['CU    S12345671', 'no_reference'],
  ])('counts where nothing else is unusual: %j', (reference, meant) => {
    expect(inWords(reference)).toContain(meant);
  });

  it('names no legacy customer, since no check digit proves it', () => {
    expect(readReferences([`CU ${LEGACY.slice(2)}`])).toMatchObject({ written: 'grouped' });
  });
});
