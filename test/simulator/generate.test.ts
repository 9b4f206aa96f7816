import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit, isWholeCode } from '../../simulator/customer-code.ts';
import { generateLines, type Mix } from '../../simulator/generate.ts';
import { joinedDescription } from '../../simulator/protocols/investec-rows.ts';
import type { LineDraft } from '../../simulator/line.ts';
import { DOUBTFUL, READABLE } from '../../simulator/manglings.ts';
import { createRandom } from '../../simulator/random.ts';

const LEGACY = 'CUS98765432';
const WALLETS = {
  codes: ['CUS12345671', 'CUS00001234', 'CUS55801826', 'CUS90210459'],
  legacyCodes: [LEGACY],
} as const;

function linesOf(mix: Mix, count: number, seed = 'seed-1'): readonly LineDraft[] {
  return generateLines(createRandom(seed), {
    wallets: WALLETS,
    count,
    days: 3,
    mix,
    today: '2026-11-21',
  });
}

const MONTH = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';

/** The safe rule read anew, plainly: the code that these fields name beyond doubt, or null. */
function readCode(fields: readonly string[]): string | null {
  const found = new Set<string>();
  for (const field of fields) {
    const text = field
      .normalize('NFKC')
      .replace(/[\u0000\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      .toUpperCase();
    for (const [, digits = ''] of text.matchAll(/(?<![0-9])CUS[ \-./_]?([0-9]{8})(?![0-9])/g)) {
      found.add(`CUS${digits}`);
    }
    for (const match of text.matchAll(/(?<![0-9])CUS[ \-./_]?([0-9]{2,}(?:[ \-./_][0-9]{2,})+)/g)) {
      const digits = (match[1] ?? '').replace(/[^0-9]/g, '');
      const rest = text.slice(match.index + match[0].length);
      const isDated = new RegExp(`^[ \\-./_]([0-9]|${MONTH})`).test(rest);
      const isLegacy = WALLETS.legacyCodes.some((code) => code === `CUS${digits}`);
      if (digits.length === 8 && !isDated && !isLegacy) found.add(`CUS${digits}`);
    }
  }
  const [only, ...others] = found;
  return others.length === 0 && only !== undefined ? only : null;
}

const OWNERS: readonly string[] = [...WALLETS.codes, ...WALLETS.legacyCodes];

function ownerOf(code: string | null): string | null {
  return code !== null && OWNERS.includes(code) ? code : null;
}

function expectSameReading(line: LineDraft): void {
  if (line.direction === 'debit') {
    expect(line.expectation.outcome).toBe('debit');
    return;
  }
  const wanted = line.expectation.outcome === 'credited' ? line.expectation.code : null;
  const joined = joinedDescription(line.description, line.reference);
  const at = `${line.kind}: ${JSON.stringify(line.reference)}`;
  expect([at, ownerOf(readCode([line.reference, line.description]))]).toEqual([at, wanted]);
  expect([at, ownerOf(readCode([joined]))]).toEqual([at, wanted]);
}

describe('the check digit', () => {
  it('equals the documented Damm digit', () => {
    expect(checkDigit('572')).toBe('4');
    expect(isWholeCode('CUS00001234')).toBe(true);
    expect(isWholeCode('CUS12345671')).toBe(true);
    expect(isWholeCode('CUS12345678')).toBe(false);
  });
});

describe('the line generator', () => {
  it.each(['clean', 'demo', 'hostile'] as const)(
    'depends only on the seed, in the %s mix',
    (mix) => {
      expect(linesOf(mix, 40)).toEqual(linesOf(mix, 40));
      expect(linesOf(mix, 40)).not.toEqual(linesOf(mix, 40, 'seed-2'));
    },
  );

  it('predicts the outcome that the matching rule reads, in one field or in two', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<Mix>('clean', 'demo', 'hostile'), (seed, mix) => {
        for (const line of linesOf(mix, 60, seed)) expectSameReading(line);
      }),
      { numRuns: 25 },
    );
  });

  it('gives each line a past or present day, an amount, and at most 40 characters', () => {
    for (const line of linesOf('hostile', 500)) {
      expect(['2026-11-19', '2026-11-20', '2026-11-21']).toContain(line.bookingDate);
      expect(line.amountMinor > 0n).toBe(true);
      expect(line.reference.length).toBeLessThanOrEqual(40);
    }
  });

  it('includes every mangling, twins, fees and pending lines in a hostile mix', () => {
    const kinds = new Set(linesOf('hostile', 3_000).map((line) => line.kind));
    for (const { kind } of [...READABLE, ...DOUBTFUL]) expect(kinds).toContain(kind);
    for (const kind of ['fee', 'pending', 'exact_twin']) expect(kinds).toContain(kind);
  });

  it('includes one line per case in the demo mix, with its twins on one day', () => {
    const demo = linesOf('demo', 0);
    expect(demo.map((line) => line.kind)).toEqual([
      'exact',
      'lower_case',
      'twin',
      'twin',
      'bank_prefix',
      'remainder',
      'unknown_code',
      'wrong_check_digit',
      'no_reference',
      'two_codes',
      'prefix_missing',
      'legacy_exact',
      'fee',
      'pending',
    ]);
    const [one, other] = demo.filter((line) => line.kind === 'twin');
    expect(one).toEqual(other);
  });

  it('makes fifty thousand lines at a time', () => {
    expect(linesOf('hostile', 50_000)).toHaveLength(50_000);
  });
});
