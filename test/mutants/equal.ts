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
];
