import {
  asCustomerCode,
  dammDigit,
  hasValidCheckDigit,
  type CustomerCode,
} from './customer-code.ts';

/**
 * Eight digits in one run after `CUS`, or in groups of two or more (`CUS 123 456 71`). A letter of `CUS` that a blank sets
 * apart (`CU S12345671`) is a group too.
 */
export type WrittenForm = 'run' | 'grouped';

/** A code that is written correctly in a reference, without any repair. */
export interface FoundCode {
  readonly code: CustomerCode;
  readonly written: WrittenForm;
  /**
   * The text around it allows another reading, so it does not name a customer by itself: a grouped code that may include
   * a number or a date, a digit-like letter attached to its end, a word that ends in CUS (`MARCUS`), or a line that ends in
   * a word whose last letter may be its first (`ABC`, `US12345671`).
   */
  readonly isDoubtful: boolean;
}

/** A code that the payer may have meant; a lower rank is likelier. */
export interface CodeGuess {
  readonly code: CustomerCode;
  readonly rank: number;
}

/** `CUS` and digits that are not an exact code: too few or too many, letters among them, odd separators. */
export interface CodeFragment {
  /** Its digits with look-alike letters repaired; reading stops at the first group beyond eight digits. */
  readonly digits: string;
  /** The text from its `CUS` on if nothing follows, so that it may have been cut; else null. */
  readonly tail: string | null;
  readonly guesses: readonly CodeGuess[];
}

/** Every code and fragment in a normalised reference. */
export interface ReferenceScan {
  readonly codes: readonly FoundCode[];
  readonly fragments: readonly CodeFragment[];
}

const RANK_REPAIRED = 1;
const RANK_CUT_BY_ONE = 2;
const RANK_REPAIRED_LEGACY = 3;
const RANK_PREFIX_MISSING = 4;
const RANK_CUT_BY_TWO = 5;

const SEPARATORS = ' -./_\n';
const DIGIT_OF_LETTER: Readonly<Record<string, string>> = {
  O: '0',
  I: '1',
  L: '1',
  S: '5',
  B: '8',
};

/** Words that make the number before them a day or an amount: months in English and Afrikaans, day endings, rand. */
const WORDS_AFTER_A_NUMBER: ReadonlySet<string> = new Set(
  (
    'JAN FEB MAR APR MAY JUN JUL AUG SEP SEPT OCT NOV DEC MRT MEI OKT DES ' +
    'JANUARY FEBRUARY MARCH APRIL JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER ' +
    'JANUARIE FEBRUARIE MAART JUNIE JULIE AUGUSTUS OKTOBER DESEMBER ST ND RD TH STE RAND RANDS'
  ).split(' '),
);

/** Names and words that end in CUS, one of them a bank's prefix: digits after them need not be a customer code. */
const ORDINARY_WORD =
  /(?<!\p{L})(?:CASHFOCUS|MARCUS|FOCUS|CIRCUS|CROCUS|ABACUS|LOCUS|DISCUS|CAUCUS|HIBISCUS|FICUS|MEDICUS|AMICUS|ATTICUS|SPARTACUS)$/u;
const ORDINARY_WORD_LENGTH_MAX = 9;

/** `CUS`, also where a line break or blanks tear it apart. */
const PREFIX = /C(\n| {0,3})U(\n| {0,3})S/g;

/** The place of a `CUS` in a text. */
interface Prefix {
  readonly at: number;
  /** Where what follows begins. */
  readonly end: number;
  readonly torn: 'no' | 'by_line_break' | 'by_blanks';
}

/** Finds exact and broken codes in a normalised reference, whose line breaks are `\n`, in linear time. */
export function scanReference(text: string): ReferenceScan {
  const codes: FoundCode[] = [];
  const fragments: CodeFragment[] = [];
  for (const prefix of prefixesOf(text)) {
    const code = codeAt(text, prefix);
    const fragment = code === null ? fragmentAt(text, prefix) : null;
    if (code !== null) codes.push(code);
    if (fragment !== null) fragments.push(fragment);
  }
  return { codes, fragments };
}

function prefixesOf(text: string): readonly Prefix[] {
  return [...text.matchAll(PREFIX)].map(({ 0: found, 1: first = '', 2: second = '', index }) => {
    const gaps = first + second;
    const torn = gaps === '' ? 'no' : gaps.includes('\n') ? 'by_line_break' : 'by_blanks';
    return { at: index, end: index + found.length, torn };
  });
}

/**
 * Eight separate digits, or eight after a mistyped prefix, with a valid check digit: the prefix may be missing. One in ten
 * numbers passes by chance, so this is only a suggestion. A part of a longer number never counts.
 */
export function guessMissingPrefix(text: string): readonly CodeGuess[] {
  const alone =
    /(?<![\p{L}\p{N}\p{M}]|[0-9][.,])(?:(?:CU5|CUST|CSU|UCS|CU|CS|US)[ \-./_]?)?([0-9]{8})(?![\p{L}\p{N}\p{M}]|[.,][0-9])/gu;
  return [...text.matchAll(alone)].flatMap(([, digits = '']) => {
    const code = asCustomerCode(`CUS${digits}`);
    return code !== null && hasValidCheckDigit(code) ? [{ code, rank: RANK_PREFIX_MISSING }] : [];
  });
}

function codeAt(text: string, prefix: Prefix): FoundCode | null {
  const { at, end: after, torn } = prefix;
  if (/\p{N}$/u.test(text.slice(Math.max(0, at - 2), at))) return null;
  const isAttached = followsLetter(text, at);
  if (torn === 'by_blanks' && isAttached) return null;
  const isApart = torn !== 'by_blanks' && isSeparator(text.charAt(after));
  const start = isApart ? after + 1 : after;
  const groups = eightDigitsAt(text, start);
  if (groups === null) return null;
  const end = start + groups.join(' ').length;
  if (matchAt(/[\p{N}\p{M}]/uy, text, end) !== '') return null;
  const code = asCustomerCode(`CUS${groups.join('')}`);
  if (code === null) return null;
  const isGrouped = groups.length > 1;
  // Where two things are unusual, a person looks.
  if (isGrouped && torn === 'by_blanks') return null;
  return {
    code,
    written: isGrouped || torn === 'by_blanks' ? 'grouped' : 'run',
    isDoubtful:
      endsInOrdinaryWord(text, at) ||
      (torn === 'by_line_break' && isAttached) ||
      isFollowedByLikeDigit(text, end) ||
      (isGrouped && (isDate(groups) || isFollowedByNumber(text, end))),
  };
}

function isSeparator(char: string): boolean {
  return char !== '' && SEPARATORS.includes(char);
}

function followsLetter(text: string, at: number): boolean {
  return /[\p{L}\p{M}]$/u.test(text.slice(Math.max(0, at - 2), at));
}

/**
 * Groups of digits, joined by single separators, that total eight digits; null for any other total. A group has two digits
 * or more, beside a line break also one.
 */
function eightDigitsAt(text: string, start: number): readonly string[] | null {
  const groups: string[] = [];
  let count = 0;
  for (let at = start; ; at += 1) {
    const group = matchAt(/[0-9]{1,9}/y, text, at);
    const isBroken = text.charAt(at - 1) === '\n' || text.charAt(at + 1) === '\n';
    count += group.length;
    if (group === '' || count > 8 || (group.length === 1 && !isBroken)) return null;
    groups.push(group);
    at += group.length;
    if (count === 8) return groups;
    if (!isSeparator(text.charAt(at))) return null;
  }
}

function endsInOrdinaryWord(text: string, at: number): boolean {
  return ORDINARY_WORD.test(text.slice(Math.max(0, at + 2 - ORDINARY_WORD_LENGTH_MAX), at + 3));
}

/** `CUS12345671O` may be nine digits with a typing error; `CUS12345671BOB` ends in a name. */
function isFollowedByLikeDigit(text: string, end: number): boolean {
  return matchAt(/(?:[OILSB]|[OILSB]{1,4}[0-9][0-9OILSB]*)(?![\p{L}\p{N}])/uy, text, end) !== '';
}

/** `CUS 123456 20 NOV`: the last group may be a day, or more groups may follow. */
function isFollowedByNumber(text: string, end: number): boolean {
  const next = end + matchAt(/[^\p{L}\p{N}]*/uy, text, end).length;
  if (matchAt(/\p{N}/uy, text, next) !== '') return true;
  return WORDS_AFTER_A_NUMBER.has(matchAt(/\p{L}{1,12}/uy, text, next));
}

/** `CUS 20/11/2026` and `CUS 2026-11-20` are more likely a day than a code. */
function isDate(groups: readonly string[]): boolean {
  const joined = groups.join('-');
  return (
    /^[0-3][0-9]-[0-3][0-9]-(?:19|20)[0-9]{2}$/.test(joined) ||
    /^(?:19|20)[0-9]{2}-[0-3][0-9]-[0-3][0-9]$/.test(joined)
  );
}

function fragmentAt(text: string, { at, end, torn }: Prefix): CodeFragment | null {
  if (endsInOrdinaryWord(text, at)) return null;
  // Torn as well as broken, only a line break makes it one text.
  if (torn === 'by_blanks' || (torn === 'by_line_break' && followsLetter(text, at))) return null;
  let digits = '';
  const groupEnds: number[] = [];
  let next = end + matchAt(/[^\p{L}\p{N}]{0,3}/uy, text, end).length;
  let behind = next;
  while (digits.length <= 8) {
    const group = looseGroupAt(text, next);
    if (group === null) break;
    digits += group.digits;
    groupEnds.push(digits.length);
    behind = group.end;
    next = group.end + matchAt(/[^\p{L}\p{N}]{1,3}/uy, text, group.end).length;
    if (next === group.end) break;
  }
  if (digits === '') return null;
  const isAtEnd = !/[\p{L}\p{N}]/u.test(text.slice(behind));
  return {
    digits,
    tail: isAtEnd ? text.slice(at, behind) : null,
    guesses: guessesAt(digits, groupEnds),
  };
}

/** A group of digits and look-alike letters with at least one real digit; for `1234567JOHN`, the leading digits. */
function looseGroupAt(
  text: string,
  start: number,
): { readonly digits: string; readonly end: number } | null {
  const wide = matchAt(/[0-9OILSB]+(?![\p{L}\p{N}])/uy, text, start);
  const group = /[0-9]/.test(wide) ? wide : matchAt(/[0-9]+/y, text, start);
  if (group === '') return null;
  const digits = group.replace(/[OILSB]/g, (letter) => DIGIT_OF_LETTER[letter] ?? letter);
  return { digits, end: start + group.length };
}

/** Guesses where a group ends after eight digits; where the code may be cut, after seven, or after six if nothing is longer. */
function guessesAt(digits: string, groupEnds: readonly number[]): readonly CodeGuess[] {
  const whole = groupEnds.includes(8) ? completions(digits.slice(0, 8)) : [];
  if (whole.some((guess) => guess.rank === RANK_REPAIRED)) return whole;
  const cut = groupEnds.includes(7) ? completions(digits.slice(0, 7)) : [];
  const longer = [...whole, ...cut];
  return longer.length === 0 && groupEnds.includes(6) ? completions(digits.slice(0, 6)) : longer;
}

/** The codes that six to eight digits may mean: of a code cut on the right, the check digit gives the missing digits. */
function completions(digits: string): readonly CodeGuess[] {
  if (digits.length === 6) {
    return Array.from('0123456789').flatMap((digit) =>
      withCheckDigit(digits + digit, RANK_CUT_BY_TWO),
    );
  }
  if (digits.length === 7) return withCheckDigit(digits, RANK_CUT_BY_ONE);
  const code = asCustomerCode(`CUS${digits}`);
  if (code === null) return [];
  return [{ code, rank: hasValidCheckDigit(code) ? RANK_REPAIRED : RANK_REPAIRED_LEGACY }];
}

function withCheckDigit(body: string, rank: number): readonly CodeGuess[] {
  const code = asCustomerCode(`CUS${body}${dammDigit(body)}`);
  return code === null ? [] : [{ code, rank }];
}

/** The text that a sticky pattern matches at `at`; empty if it matches nothing. */
function matchAt(sticky: RegExp, text: string, at: number): string {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? '';
}
