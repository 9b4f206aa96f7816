import { describe, expect, it } from 'vitest';
import { readReferences } from '../../../domain/reference/reference.ts';

/** The reading as one word, and the code or the suggestions. */
function inWords(reference: string): string {
  const reading = readReferences([reference]);
  return reading.kind === 'exact'
    ? `exact ${reading.code} ${reading.written}`
    : [reading.reason, ...reading.candidates].join(' ');
}

const RUN = 'exact CUS12345671 run';

describe('a reference that a bank cut into subfields', () => {
  it.each([
    ['within the code', '166?00CREDIT?20PAYMENT CUS1234?215671?32SAM'],
    ['within the code, twice', '?20CUS12?2134?225671'],
    ['before the code', '?20CUS?2112345671'],
    ['behind the code', '166?00A?20CUS12345671?21'],
    ['with marks of the sixties', '166?00A?60CUS1234?635671'],
    ['with three digits in front', '166?00A?20CUS1234?295671'],
    ['with one digit in front', '1?00A?20CUS1234?215671'],
    ['with a blank in front', ' ?20CUS1234?215671'],
    ['with many blanks in front', '   166?00A?20CUS1234?215671'],
    ['by a greater-than sign', '>20CUS1234>215671'],
    ['by a tilde', '~20CUS1234~215671'],
    ['by a less-than sign', '<20CUS1234<215671'],
    ['by a caret', '^20CUS1234^215671'],
    ['by a plus, after three digits', '166+00A+20CUS1234+215671'],
  ])('reads as if it were whole: %s', (_, reference) => {
    expect(inWords(reference)).toBe(RUN);
  });

  it.each([
    ['the name of the payer begins', '166?00A?20CUS1234?325671'],
    ['the thirties begin', '166?00A?20CUS1234?305671'],
    ['the tens stand', '166?00A?20CUS1234?195671'],
    ['what follows the sixties stands', '166?00A?20CUS1234?645671'],
  ])('ends where %s', (_, reference) => {
    expect(inWords(reference)).not.toContain('run');
  });

  it.each([
    ['a plus that no three digits precede', '+00A+20CUS1234+215671'],
    ['a plus after four digits', '1660+00A+20CUS1234+215671'],
    ['a sign after four digits', '1660?00A?20CUS1234?215671'],
    ['a sign within the text', 'SAM?00A?20CUS1234?215671'],
    ['a sign without two digits', '?0A?20CUS1234?215671'],
    ['another sign', '!00A!20CUS1234!215671'],
    ['letters in front', 'ABC+00A+20CUS1234+215671'],
  ])('stays plain text where it begins with %s', (_, reference) => {
    expect(inWords(reference)).not.toContain('exact');
  });

  it('keeps the other fields apart', () => {
    expect(inWords('166?00A?20CUS1234?0056?1171')).not.toContain('run');
    expect(inWords('166?00A?20SAM?32CUS12345671?33X')).toBe(RUN);
  });
});
