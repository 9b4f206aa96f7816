import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  customerCodeFromNumber,
  hasValidCheckDigit,
} from '../../../domain/reference/customer-code.ts';
import {
  CANDIDATES_MAX,
  findCustomerCodes,
  normaliseReference,
  readReferences,
} from '../../../domain/reference/reference.ts';
import { growthOfWork } from '../../support/growth.ts';

const aCode = fc.integer({ min: 1, max: 9_999_999 }).map(customerCodeFromNumber);
const anyText = fc.string({ unit: 'binary', maxLength: 60 });
/** Text made of what codes and dates are made of, so that near misses are common. */
const codeLikeText = fc
  .array(
    fc.constantFrom(
      'CUS',
      'cus',
      'C',
      'U',
      'S',
      '\n',
      ' \r\n ',
      'FOCUS',
      'NOV',
      'O',
      'l',
      ' ',
      '  ',
      '-',
      '.',
      ',',
      '\u200b',
      '0',
      '12',
      '34',
      '567',
      '1234',
      '12345671',
      '2026',
      '\u0663',
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));

describe('normaliseReference', () => {
  it('changes nothing the second time, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, codeLikeText), (text) => {
        const once = normaliseReference(text);
        expect(normaliseReference(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['\u0344', '\u0390', '\u0301\u0323', '\uff9e\u0323', '\u0345', '\u0958'])(
    'changes nothing the second time, for a long run of %j',
    (unit) => {
      const once = normaliseReference(`A${unit.repeat(50)} B`);
      expect(normaliseReference(once)).toBe(once);
    },
  );

  it('changes nothing the second time, for each character of Unicode', () => {
    const unsteady: string[] = [];
    for (let block = 0; block <= 0x10ffff; block += 1024) {
      const points = Array.from({ length: 1024 }, (_, index) => block + index);
      const once = normaliseReference(
        points.map((point) => `A${String.fromCodePoint(point)}B`).join(' '),
      );
      if (normaliseReference(once) !== once) unsteady.push(block.toString(16));
    }
    expect(unsteady).toEqual([]);
  });

  it('drops every character that Unicode calls ignorable, and NUL', () => {
    const kept: string[] = [];
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const char = String.fromCodePoint(point);
      const isInvisible = point === 0 || /\p{Default_Ignorable_Code_Point}/u.test(char);
      if (isInvisible && normaliseReference(`A${char}B`) !== 'AB') kept.push(point.toString(16));
    }
    expect(kept).toEqual([]);
  });

  it('reads plain characters the same whether or not others appear beside them', () => {
    const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(plain, codeLikeText), (text) => {
        const beside = normaliseReference(`\u00e9 ${text}`);
        expect(beside).toBe(`\u00c9 ${normaliseReference(text)}`.trimEnd());
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves no blank at either end and no two together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(' ', '\u00a0', '\t', '\r\n', '\u0085', '\u3000', 'a')),
        (parts) => {
          expect(normaliseReference(parts.join(''))).not.toMatch(/^\s|\s\s|\s$/);
        },
      ),
    );
  });

  it('keeps leading zeros, signs and exponents', () => {
    expect(normaliseReference(' 00012 1e5 -0 ')).toBe('00012 1E5 -0');
  });

  it('gives text that UTF-8 can store, and that comes back the same', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('', '\ud83d', '\ude00'), (text, half) => {
        const normal = normaliseReference(half + text + half);
        expect(new TextDecoder().decode(new TextEncoder().encode(`|${normal}`))).toBe(`|${normal}`);
      }),
    );
  });
});

describe('findCustomerCodes', () => {
  it('finds a code in any words that have no digit beside it', () => {
    // Without vowels no ordinary word can end in CUS, and no letter here looks like a digit.
    const word = fc.stringMatching(/^[DFGHJKMNPQRTVWXZ ]{0,12}$/);
    fc.assert(
      fc.property(word, aCode, word, (before, code, after) => {
        const found = findCustomerCodes(before + code + after);
        expect(found).toEqual([{ code, written: 'run', isDoubtful: false }]);
      }),
    );
  });

  it('never takes eight digits out of a longer number', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9]{9,14}$/),
        fc.constantFrom('CUS', 'CUS ', 'CUS-'),
        (digits, prefix) => {
          expect(findCustomerCodes(prefix + digits)).toEqual([]);
        },
      ),
    );
  });

  it('reports the same code as often as it appears', () => {
    expect(findCustomerCodes('CUS12345671 cus 1234 5671')).toEqual([
      { code: 'CUS12345671', written: 'run', isDoubtful: false },
      { code: 'CUS12345671', written: 'grouped', isDoubtful: false },
    ]);
  });
});

describe('readReferences', () => {
  it('reads only a code whose digits appear in the text in that order', () => {
    fc.assert(
      fc.property(fc.array(codeLikeText, { maxLength: 3 }), (references) => {
        const reading = readReferences(references);
        if (reading.kind !== 'exact') return;
        const digits = Array.from(reading.code.slice(3)).join('[ ./_-]?');
        const pattern = new RegExp(`C {0,3}U {0,3}S[ ./_-]?${digits}(?![0-9])`);
        expect(references.map(normaliseReference).some((text) => pattern.test(text))).toBe(true);
        expect(reading.checkDigit === 'ok').toBe(hasValidCheckDigit(reading.code));
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads the same from fields in another order, except for the order of suggestions', () => {
    fc.assert(
      fc.property(fc.array(codeLikeText, { maxLength: 3 }), (references) => {
        const there = readReferences(references);
        const back = readReferences(references.toReversed());
        expect(back.kind).toBe(there.kind);
        if (there.kind === 'exact' || back.kind === 'exact') expect(back).toEqual(there);
        else expect(back.reason).toBe(there.reason);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never credits when two different codes appear anywhere in the fields', () => {
    fc.assert(
      fc.property(aCode, aCode, codeLikeText, fc.boolean(), (one, other, noise, isApart) => {
        fc.pre(one !== other);
        const references = isApart ? [one, `${noise} X ${other}`] : [`${one} ${noise} X ${other}`];
        expect(readReferences(references).kind).toBe('review');
      }),
    );
  });

  it('never credits a code that had one character mistyped into a look-alike letter', () => {
    const letters: Readonly<Record<string, string>> = { 0: 'O', 1: 'l', 5: 'S', 8: 'B' };
    fc.assert(
      fc.property(aCode, fc.integer({ min: 3, max: 10 }), (code, at) => {
        const letter = letters[code.charAt(at)] ?? '';
        fc.pre(letter !== '');
        const reading = readReferences([code.slice(0, at) + letter + code.slice(at + 1)]);
        expect(reading).toEqual({ kind: 'review', reason: 'guess_only', candidates: [code] });
      }),
    );
  });

  it('suggests the ten codes for six digits, and the right one for seven', () => {
    const six = readReferences(['CUS123456']);
    expect(six).toMatchObject({ kind: 'review', reason: 'guess_only' });
    expect(six.kind === 'review' ? six.candidates : []).toHaveLength(10);
    expect(six.kind === 'review' ? six.candidates : []).toContain('CUS12345671');
    expect(readReferences(['CUS1234567'])).toMatchObject({ candidates: ['CUS12345671'] });
  });

  it('puts a repaired code before a cut one, and that before a missing prefix', () => {
    expect(readReferences(['86753095', 'CUS1234567', 'CUSS5501235'])).toEqual({
      kind: 'review',
      reason: 'guess_only',
      candidates: ['CUS55501235', 'CUS12345671', 'CUS86753095'],
    });
  });

  it('lists no more suggestions than a person would read', () => {
    const reading = readReferences(['CUS123456 CUS223456 CUS323456']);
    expect(reading.kind === 'review' ? reading.candidates : []).toHaveLength(CANDIDATES_MAX);
  });

  it('reads any text without an error', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 4 }), (texts) => {
        expect(() => readReferences(texts)).not.toThrow();
      }),
    );
  });

  it.each([
    ['codes', 'CUS12345671 '],
    ['broken codes', 'CUS1 2 3 '],
    ['prefixes', 'CUS'],
    ['torn prefixes', 'C U  S1\nCU\n'],
    ['digits', '1234567 '],
    ['signs after a grouped code', 'CUS 1234 5671....'],
    ['look-alike letters', 'CUSOOOOOOOOO1'],
    ['white space', ' \t'],
    ['long expansions', '\ufdfa'],
    ['combining marks', '\u0301\u0323'],
    ['half surrogates', '\ud83d'],
    ['invisible characters', '\u200b\u202e'],
    ['half-width marks', '\uff9e\u0323'],
  ])(
    'reads long texts of %s in work that grows with their length, not with its square',
    async (_, unit) => {
      const growth = await growthOfWork((times) =>
        readReferences([unit.repeat(Math.ceil((times * 40_960) / unit.length))]),
      );
      expect(growth).toBeLessThan(10);
    },
  );
});
