/** A mutant that no test can tell from the source, and why. `text` is the source line, so that lines may move. */
export interface EqualMutant {
  readonly file: string;
  readonly text: string;
  /** As the command prints it. */
  readonly change: string;
  readonly why: string;
}

const NO_GROUP =
  'A default for a group of the pattern that always takes part; the compiler asks for it.';
const ALWAYS_THERE = 'The place is always taken; the compiler asks for the default.';
const NOUGHT = 'Nought is its own negative.';
const SIGN_ONLY = 'A sort asks only whether the first comes before the second.';
const TEN = 'A day has ten characters.';
const WIDER = 'A wider look back finds the same words, whose start the pattern checks.';
const NINE = 'More than eight digits are refused a step later.';
const END = 'Behind the end nothing is found, which is refused a step later.';
const WORDS = 'No word of the list has one letter, or more than eleven.';
const DATE = 'Eight digits fill the pattern from end to end.';
const FASTER = 'The short way gives what the long way gives.';

export const EQUAL_MUTANTS: readonly EqualMutant[] = [
  ...inFile('domain/money/money-text.ts', [
    ["const [, sign = '', whole = '', fraction = ''] = match;", NO_GROUP, "'' → 'mutant'"],
    [
      "const [whole = '', ...rest] = text.split(decimalMark);",
      'A split gives one part at least; the compiler asks for the default.',
      "'' → 'mutant'",
    ],
    [
      "const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');",
      NOUGHT,
      '0n → 1n',
      'minor < 0n → minor <= 0n',
    ],
    [
      "const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');",
      NOUGHT,
      '0n → 1n',
      'minor < 0n → minor <= 0n',
    ],
    [
      "const groups = whole.replace(/^[+-]/, '').split(mark);",
      'A sign within the number is refused right after.',
      '/^[+-]/ → /[+-]/',
    ],
  ]),
  ...inFile('domain/ledger/reversal.ts', [
    ['return a < b ? -1 : a > b ? 1 : 0;', SIGN_ONLY, '1 → 2'],
  ]),
  ...inFile('domain/money/credits.ts', [
    [
      '? rate.version > other.version',
      'No two rates of one day have one version.',
      'rate.version > other.version → rate.version >= other.version',
    ],
    [
      ': rate.effectiveFrom > other.effectiveFrom;',
      'Rates of one day were told apart before.',
      'rate.effectiveFrom > other.effectiveFrom → rate.effectiveFrom >= other.effectiveFrom',
    ],
  ]),
  ...inFile('domain/words/run-summary.ts', [
    [
      'Math.max(...rows.map((row) => row[column]?.length ?? 0)),',
      'Every column has a longer cell in some row.',
      '0 → 1',
    ],
    ['return cell.padEnd((widths[column] ?? 0) + gap);', ALWAYS_THERE, '0 → 1'],
  ]),
  ...inFile('domain/words/story-words.ts', [
    [
      'const money = (minor: bigint) => printAmount(minor < 0n ? -minor : minor, currency);',
      NOUGHT,
      '0n → 1n',
      'minor < 0n → minor <= 0n',
    ],
    ['return owed > 0n', 'A debt of nought has returned before.', 'owed > 0n → owed >= 0n'],
    [
      "const [subject = '', happened = ''] = action.split('.');",
      'An action has two parts; the compiler asks for the default.',
      "'' → 'mutant'",
    ],
  ]),
  ...inFile('domain/words/story.ts', [
    [
      '.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));',
      SIGN_ONLY,
      'a.at > b.at → true',
      'a.at > b.at → false',
      'a.at > b.at → a.at >= b.at',
      'a.at > b.at → a.at <= b.at',
      '1 → 2',
      '0 → 1',
    ],
    [
      'at: closedAt > capturedAt ? closedAt : capturedAt,',
      'Where both are one instant, either is it.',
      'closedAt > capturedAt → closedAt >= capturedAt',
    ],
    [
      'const reason = REVIEW_REASONS.find((each) => each === review.reason);',
      'A reason stands once in the list.',
      'REVIEW_REASONS.find((each) => each === review.reason) → REVIEW_REASONS.findLast((each) => each === review.reason)',
    ],
  ]),
  ...inFile('domain/local-date.ts', [
    [
      'const [year, month, day] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)];',
      'The last three digits of a year from 1900 to 2999 tell whether it is a leap year.',
      '0 → 1',
    ],
    [
      'const [year, month, day] = [number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)];',
      TEN,
      '10 → 11',
    ],
    [
      'return Date.UTC(number(date, 0, 4), number(date, 5, 7) - 1, number(date, 8, 10)) / 86_400_000;',
      TEN,
      '10 → 11',
    ],
    [
      "return instantAt(day, 'T00:00:00Z').getUTCDay();",
      'A day without a time begins at midnight of UTC, too.',
      "'T00:00:00Z' → ''",
    ],
    [
      "const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';",
      ALWAYS_THERE,
      "'' → 'mutant'",
      "parts.find((each) => each.type === type)?.value ?? '' → parts.find((each) => each.type === type)?.value",
    ],
  ]),
  ...inFile('domain/reference/customer-code.ts', [
    ["let state = '0';", 'No text is the number nought, too.', "'0' → ''"],
    [
      "for (const digit of digits) state = DAMM_ROWS[Number(state)]?.charAt(Number(digit)) ?? '';",
      ALWAYS_THERE,
      "'' → 'mutant'",
    ],
    [
      'Number.isInteger(body) && body >= 1 && body <= CUSTOMER_NUMBER_MAX,',
      'A number with a fraction breaks the invariant of the check digit instead.',
      'Number.isInteger(body) && body >= 1 → body >= 1',
    ],
    [
      'for (let at = 0; at < digits.length; at += 1) {',
      'A ninth digit makes no code.',
      'at < digits.length → at <= digits.length',
    ],
  ]),
  ...inFile('domain/reference/reference-scan.ts', [
    ['const RANK_REPAIRED_LEGACY = 3;', 'Of one rank, codes with a prefix come first.', '3 → 4'],
    ['const RANK_CUT_BY_TWO = 5;', 'Only the order of ranks counts.', '5 → 6'],
    ['const ORDINARY_WORD_LENGTH_MAX = 9;', WIDER, '9 → 10'],
    [
      'return ORDINARY_WORD.test(text.slice(Math.max(0, at + 2 - ORDINARY_WORD_LENGTH_MAX), at + 3));',
      WIDER,
      'at + 2 → at - 2',
    ],
    ['const group = matchAt(/[0-9]{2,9}/y, text, at);', NINE, '/[0-9]{2,9}/y → /[0-9]{2,10}/y'],
    [
      "if (group === '' || count > 8) return null;",
      NINE,
      '8 → 9',
      "group === '' || count > 8 → group === ''",
    ],
    [
      'if (at >= text.length || !SEPARATORS.includes(text.charAt(at))) return null;',
      END,
      'at >= text.length → at > text.length',
      'at >= text.length || !SEPARATORS.includes(text.charAt(at)) → !SEPARATORS.includes(text.charAt(at))',
    ],
    [
      'return WORDS_AFTER_A_NUMBER.has(matchAt(/\\p{L}{1,12}/uy, text, next));',
      WORDS,
      '/\\p{L}{1,12}/uy → /\\p{L}{2,12}/uy',
      '/\\p{L}{1,12}/uy → /\\p{L}{1,13}/uy',
    ],
    [
      '/^[0-3][0-9]-[0-3][0-9]-(?:19|20)[0-9]{2}$/.test(joined) ||',
      DATE,
      '/^[0-3][0-9]-[0-3][0-9]-(?:19|20)[0-9]{2}$/ → /[0-3][0-9]-[0-3][0-9]-(?:19|20)[0-9]{2}$/',
      '/^[0-3][0-9]-[0-3][0-9]-(?:19|20)[0-9]{2}$/ → /^[0-3][0-9]-[0-3][0-9]-(?:19|20)[0-9]{2}/',
    ],
    [
      '/^(?:19|20)[0-9]{2}-[0-3][0-9]-[0-3][0-9]$/.test(joined)',
      DATE,
      '/^(?:19|20)[0-9]{2}-[0-3][0-9]-[0-3][0-9]$/ → /(?:19|20)[0-9]{2}-[0-3][0-9]-[0-3][0-9]$/',
      '/^(?:19|20)[0-9]{2}-[0-3][0-9]-[0-3][0-9]$/ → /^(?:19|20)[0-9]{2}-[0-3][0-9]-[0-3][0-9]/',
    ],
    [
      'let next = at + 3 + matchAt(/[^\\p{L}\\p{N}]{0,3}/uy, text, at + 3).length;',
      'What is not found has no length either.',
      '/[^\\p{L}\\p{N}]{0,3}/uy → /[^\\p{L}\\p{N}]{1,3}/uy',
    ],
    [
      'if (next === group.end) break;',
      'What follows without a separator is no group, and ends the loop.',
      'next === group.end → false',
    ],
    [
      'if (whole.some((guess) => guess.rank === RANK_REPAIRED)) return whole;',
      'Seven digits and their check digit are the code that was found already.',
      'whole.some((guess) => guess.rank === RANK_REPAIRED) → false',
    ],
  ]),
  ...inFile('domain/reference/reference.ts', [
    ['const PLAIN = /^[ -~]*$/;', FASTER, '/^[ -~]*$/ → /^[ -~]$/'],
    ['if (PLAIN.test(text)) return text.toUpperCase();', FASTER, 'PLAIN.test(text) → false'],
    [
      "return / {2}|^ | $/.test(clean) ? clean.replace(/ +/g, ' ').replace(/^ | $/g, '') : clean;",
      FASTER,
      '/ {2}|^ | $/.test(clean) → true',
      '/ {2}|^ | $/ → / {2}| | $/',
      '/ {2}|^ | $/ → / {2}|^ | /',
    ],
  ]),
];

/** Each row: the source line, why no test can tell, and the changes of that line. */
function inFile(
  file: string,
  rows: readonly (readonly [text: string, why: string, ...changes: readonly string[]])[],
): readonly EqualMutant[] {
  return rows.flatMap(([text, why, ...changes]) =>
    changes.map((change) => ({ file, text, change, why })),
  );
}
