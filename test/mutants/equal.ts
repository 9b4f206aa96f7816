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

export const EQUAL_MUTANTS: readonly EqualMutant[] = [
  {
    file: 'domain/money/money-text.ts',
    text: "const [, sign = '', whole = '', fraction = ''] = match;",
    change: "'' → 'mutant'",
    why: NO_GROUP,
  },
  {
    file: 'domain/money/money-text.ts',
    text: "const [whole = '', ...rest] = text.split(decimalMark);",
    change: "'' → 'mutant'",
    why: 'A split gives one part at least; the compiler asks for the default.',
  },
  {
    file: 'domain/ledger/reversal.ts',
    text: 'return a < b ? -1 : a > b ? 1 : 0;',
    change: '1 → 2',
    why: SIGN_ONLY,
  },
  {
    file: 'domain/ledger/reversal.ts',
    text: 'original.amountMinor < line.amountMinor &&',
    change: 'original.amountMinor < line.amountMinor → original.amountMinor <= line.amountMinor',
    why: 'Equal amounts were looked for, and found, before amounts with charges.',
  },
  {
    file: 'domain/money/money-text.ts',
    text: "const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');",
    change: '0n → 1n',
    why: NOUGHT,
  },
  {
    file: 'domain/money/money-text.ts',
    text: "const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');",
    change: 'minor < 0n → minor <= 0n',
    why: NOUGHT,
  },
  {
    file: 'domain/money/money-text.ts',
    text: "const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');",
    change: '0n → 1n',
    why: NOUGHT,
  },
  {
    file: 'domain/money/money-text.ts',
    text: "const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');",
    change: 'minor < 0n → minor <= 0n',
    why: NOUGHT,
  },
  {
    file: 'domain/money/money-text.ts',
    text: "const groups = whole.replace(/^[+-]/, '').split(mark);",
    change: '/^[+-]/ → /[+-]/',
    why: 'A sign within the number is refused right after.',
  },
  {
    file: 'domain/money/credits.ts',
    text: '? rate.version > other.version',
    change: 'rate.version > other.version → rate.version >= other.version',
    why: 'No two rates of one day have one version.',
  },
  {
    file: 'domain/money/credits.ts',
    text: ': rate.effectiveFrom > other.effectiveFrom;',
    change: 'rate.effectiveFrom > other.effectiveFrom → rate.effectiveFrom >= other.effectiveFrom',
    why: 'Rates of one day were told apart before.',
  },
  {
    file: 'domain/words/run-summary.ts',
    text: 'Math.max(...rows.map((row) => row[column]?.length ?? 0)),',
    change: '0 → 1',
    why: 'Every column has a longer cell in some row.',
  },
  {
    file: 'domain/words/run-summary.ts',
    text: 'return cell.padEnd((widths[column] ?? 0) + gap);',
    change: '0 → 1',
    why: ALWAYS_THERE,
  },
  {
    file: 'domain/words/story-words.ts',
    text: 'const money = (minor: bigint) => printAmount(minor < 0n ? -minor : minor, currency);',
    change: '0n → 1n',
    why: NOUGHT,
  },
  {
    file: 'domain/words/story-words.ts',
    text: 'const money = (minor: bigint) => printAmount(minor < 0n ? -minor : minor, currency);',
    change: 'minor < 0n → minor <= 0n',
    why: NOUGHT,
  },
  {
    file: 'domain/words/story-words.ts',
    text: 'return owed > 0n',
    change: 'owed > 0n → owed >= 0n',
    why: 'A debt of nought has returned before.',
  },
  {
    file: 'domain/words/story-words.ts',
    text: "const [subject = '', happened = ''] = action.split('.');",
    change: "'' → 'mutant'",
    why: 'An action has two parts; the compiler asks for the default.',
  },
  {
    file: 'domain/words/story.ts',
    text: '.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));',
    change: 'a.at > b.at → true',
    why: SIGN_ONLY,
  },
  {
    file: 'domain/words/story.ts',
    text: '.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));',
    change: 'a.at > b.at → false',
    why: SIGN_ONLY,
  },
  {
    file: 'domain/words/story.ts',
    text: '.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));',
    change: 'a.at > b.at → a.at >= b.at',
    why: SIGN_ONLY,
  },
  {
    file: 'domain/words/story.ts',
    text: '.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));',
    change: 'a.at > b.at → a.at <= b.at',
    why: SIGN_ONLY,
  },
  {
    file: 'domain/words/story.ts',
    text: '.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));',
    change: '1 → 2',
    why: SIGN_ONLY,
  },
  {
    file: 'domain/words/story.ts',
    text: '.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));',
    change: '0 → 1',
    why: SIGN_ONLY,
  },
  {
    file: 'domain/words/story.ts',
    text: 'at: closedAt > capturedAt ? closedAt : capturedAt,',
    change: 'closedAt > capturedAt → closedAt >= capturedAt',
    why: 'Where both are one instant, either is it.',
  },
  {
    file: 'domain/words/story.ts',
    text: 'const reason = REVIEW_REASONS.find((each) => each === review.reason);',
    change:
      'REVIEW_REASONS.find((each) => each === review.reason) → REVIEW_REASONS.findLast((each) => each === review.reason)',
    why: 'A reason stands once in the list.',
  },
];
