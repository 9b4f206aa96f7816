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
    why: 'A sort reads the sign only.',
  },
  {
    file: 'domain/ledger/reversal.ts',
    text: 'original.amountMinor < line.amountMinor &&',
    change: 'original.amountMinor < line.amountMinor → original.amountMinor <= line.amountMinor',
    why: 'Equal amounts were looked for, and found, before amounts with charges.',
  },
];
