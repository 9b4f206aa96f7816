import { describe, expect, it } from 'vitest';
import {
  CANDIDATES_MAX,
  findCustomerCodes,
  normaliseReference,
  readReferences,
} from '../../../domain/reference/reference.ts';

const CODE = 'CUS12345671';

/** The reading as one word, and the code or the suggestions. */
function inWords(...references: readonly string[]): string {
  const reading = readReferences(references);
  return reading.kind === 'exact'
    ? `exact ${reading.code} ${reading.written}`
    : [reading.reason, ...reading.candidates].join(' ');
}

const isDoubtful = (reference: string) => findCustomerCodes(reference)[0]?.isDoubtful;

const WORDS = (
  'JAN FEB MAR APR MAY JUN JUL AUG SEP SEPT OCT NOV DEC MRT MEI OKT DES ' +
  'JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER ' +
  'JANUARIE FEBRUARIE MAART JUNIE JULIE AUGUSTUS OKTOBER DESEMBER ST ND RD TH STE RAND RANDS'
).split(' ');

describe('a code in groups', () => {
  it.each(WORDS)(
    'names nobody before %s, which makes its last group a day or an amount',
    (word) => {
      expect(inWords(`CUS 123456 71 ${word}`)).toBe(`ambiguous ${CODE}`);
      expect(inWords(`CUS 123456 71, ${word.toLowerCase()} 5`)).toBe(`ambiguous ${CODE}`);
    },
  );

  it('names its customer before any other word', () => {
    expect(inWords('CUS 123456 71 SAM')).toBe(`exact ${CODE} grouped`);
    expect(inWords('CUS 123456 71 STEVEN')).toBe(`exact ${CODE} grouped`);
  });
});

describe('a code beside letters', () => {
  it.each([
    ['O', true],
    ['O9', true],
    ['O99B', true],
    ['OILS9', true],
    ['OILSB9', false],
    ['O9X', false],
    ['OX', false],
    ['BOB', false],
  ])('and the ending %s is doubtful: %s', (ending, doubtful) => {
    expect(isDoubtful(CODE + ending)).toBe(doubtful);
  });

  it.each([
    ['SPARTACUS', true],
    ['CASHFOCUS', true],
    ['MARCUS', true],
    ['XSPARTACUS', false],
    ['XMARCUS', false],
  ])('in front that make %s is doubtful: %s', (word, doubtful) => {
    expect(isDoubtful(`${word}12345671`)).toBe(doubtful);
  });

  it('starts behind its own prefix', () => {
    expect(findCustomerCodes(`CUS${CODE}`).map(({ code }) => code)).toEqual([CODE]);
  });
});

describe('a broken code', () => {
  it.each([
    ['three signs before its digits', 'CUS---1234567', `guess_only ${CODE}`],
    ['four signs before its digits', 'CUS----1234567', 'no_reference'],
    ['three signs within its digits', 'CUS123---4567', `guess_only ${CODE}`],
    ['four signs within its digits', 'CUS123----4567', 'guess_only'],
    ['letters and no digit', 'CUS BOSS', 'no_reference'],
    ['more digits after the eighth', 'CUS 1234567 1 99', `guess_only ${CODE}`],
    ['letters for digits', 'CUSI2345671', `guess_only ${CODE}`],
  ])('ends at %s', (_, reference, words) => {
    expect(inWords(reference)).toBe(words);
  });

  it('yields ten completions of six digits, also before another number', () => {
    expect(inWords('CUS 123456 999').split(' ')).toHaveLength(1 + 10);
    expect(inWords('CUS 123456 999')).toContain(CODE);
  });

  it('yields suggestions for six digits after a number that only lacks its prefix', () => {
    expect(inWords('CUS123456', '86753095')).toMatch(/^guess_only CUS86753095 CUS123456/);
  });

  it('beside the code that it may mean leaves the code as it is', () => {
    expect(inWords(CODE, 'CUSI2345671')).toBe(`exact ${CODE} run`);
    expect(inWords(CODE, 'CUS123456')).toBe(`exact ${CODE} run`);
    expect(inWords(CODE, 'CUS923456')).toMatch(/^ambiguous CUS12345671 CUS923456/);
  });

  it('yields ten suggestions at most', () => {
    expect(CANDIDATES_MAX).toBe(10);
  });
});

describe('normaliseReference', () => {
  /** A mark that joins no letter. */
  const MARK = '\u0334';

  it.each([
    [30, 30],
    [31, 30],
    [90, 30],
  ])('keeps of %i marks in a row %i', (count, kept) => {
    expect(normaliseReference(`A${MARK.repeat(count)}B`)).toBe(`A${MARK.repeat(kept)}B`);
  });

  it('keeps thirty marks where one sign becomes two', () => {
    expect(normaliseReference(`Q${'\u0344'.repeat(30)}`)).toHaveLength(1 + 30);
  });

  it.each([
    ['a\r\nb\u0085c', 'A B C'],
    ['a  b', 'A B'],
    ['é  b', 'É B'],
    ['é\r\nb', 'É B'],
    [' a', 'A'],
    ['a ', 'A'],
    ['\ud83d', '\ufffd'],
    ['a\ud83db', 'A\ufffdB'],
    ['ﬁ', 'FI'],
    ['straße', 'STRASSE'],
    ['１２', '12'],
  ])('writes %j as %j', (text, normal) => {
    expect(normaliseReference(text)).toBe(normal);
  });
});
