import { asCustomerCode, hasValidCheckDigit, type CustomerCode } from './customer-code.ts';
import {
  guessMissingPrefix,
  scanReference,
  type CodeFragment,
  type CodeGuess,
  type FoundCode,
  type ReferenceScan,
  type WrittenForm,
} from './reference-scan.ts';

/** Most suggestions for one deposit: a person would not look at more. */
export const CANDIDATES_MAX = 10;

/** A rest of fewer digits begins too many codes. */
const CUT_DIGITS_MIN = 4;
const DIGITS_BEFORE_CHECK = 7;
/** A field's limit cut a second code right behind its letters: it may be any. */
const BARE_CUT = /[^A-Z0-9]CUS?\s*$/;

/** The meaning of one line's references. A reading is not a match: the wallet must also exist and be open. */
export type ReferenceReading =
  | {
      readonly kind: 'exact';
      readonly code: CustomerCode;
      /** `run` if any mention is one run: a legacy code, whose check digit fails, counts only in one run. */
      readonly written: WrittenForm;
      readonly checkDigit: 'ok' | 'failed';
      /**
       * How far a second, cut mention of the code goes, such as `CUS1234567`. It can only be the same code if no other
       * wallet's code begins so.
       */
      readonly cutTo: readonly string[];
    }
  | {
      readonly kind: 'review';
      readonly reason: 'no_reference' | 'ambiguous' | 'guess_only';
      /** Best first, at most {@link CANDIDATES_MAX}: suggestions for a person, never credited. */
      readonly candidates: readonly CustomerCode[];
    };

/** Unicode's default-ignorable characters, and NUL, as ranges: a newer Unicode version must not change stored keys. */
const INVISIBLE =
  /[\0\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;

/** Every line break of Unicode. */
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/** Printable ASCII: no character to drop, no mark, no white space except blanks, and nothing that NFKC changes. */
const PLAIN = /^[ -~]*$/;

/**
 * More than thirty combining marks in a row: no script needs them (UAX #15 sets the same limit), and sorting a run of
 * n marks takes NFKC n² steps. The two half-width marks are letters until NFKC turns them into marks.
 */
const LONG_MARKS = /([\p{M}\uFF9E\uFF9F]{30})[\p{M}\uFF9E\uFF9F]+/gu;

/**
 * A reference as matching and the facts key read it; the original is stored too. In this order:
 * half surrogates become U+FFFD, as UTF-8 would store them; NUL and invisible characters (zero-width, direction
 * marks, soft hyphens, variation selectors) are dropped; combining marks after the thirtieth in a row are dropped,
 * here and again after NFKC; NFKC; upper case by Unicode, not by locale; NFKC again, since upper case can undo it;
 * each run of white space becomes one blank, none at either end.
 * Digits and leading zeros stay as they are. Normalising twice changes nothing. The facts key depends on this
 * function: a change here needs a new key scheme.
 */
export function normaliseReference(text: string): string {
  const clean = cleanReference(text);
  return / {2}|^ | $/.test(clean) ? clean.replace(/ +/g, ' ').replace(/^ | $/g, '') : clean;
}

/** As {@link normaliseReference}, but each white space stays a separate blank: two blanks are more than one separator. */
function cleanReference(text: string): string {
  // Nearly every text is plain: of all the steps below, only upper case changes it.
  if (PLAIN.test(text)) return text.toUpperCase();
  return text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(INVISIBLE, '')
    .replace(LONG_MARKS, '$1')
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(LONG_MARKS, '$1')
    .replace(/\r\n/g, ' ')
    .replace(/[\s\u0085]/g, ' ');
}

/** As {@link cleanReference}, but each line break is one `\n`, without the blanks beside it: a code may be broken there. */
function cleanLines(text: string): string {
  if (!LINE_BREAK.test(text)) return cleanReference(text);
  return text
    .split(LINE_BREAK)
    .map((line) => cleanReference(line).replace(/^ +| +$/g, ''))
    .filter((line) => line !== '')
    .join('\n');
}

/**
 * Finds every exact code in a reference: `CUS`, at most one separator (blank `-` `.` `/` `_`), eight ASCII digits in a run
 * or in groups of two or more joined by single separators, with no digit directly left of `CUS` or right of the eighth.
 * A line break, with blanks beside it or without, may stand anywhere within. In order of appearance, repeats included; in
 * linear time.
 */
export function findCustomerCodes(reference: string): readonly FoundCode[] {
  return scanReference(cleanLines(reference)).codes;
}

/**
 * Reads all references of one line, most trusted first, to learn which customer is meant.
 * Exactly one distinct code, in any reference, is `exact`. Two codes are `ambiguous`, also in different references, and
 * also when the second is cut or mistyped, unless it can only be the same code again. Text that needs a repair to become a code is `guess_only`; no trace of a code
 * is `no_reference`.
 */
export function readReferences(references: readonly string[]): ReferenceReading {
  const texts = references.map((reference) => cleanLines(withoutMarks(reference)));
  const scans = texts.map((text) => ({ text, ...scanReference(text) }));
  const codes = scans.flatMap((scan) => scan.codes);
  const fragments = scans.flatMap((scan) => scan.fragments);
  const clear = codes.filter((found) => !found.isDoubtful);
  const [only, ...others] = distinct([...clear, ...codes].map((found) => found.code));
  if (only === undefined) return readGuesses(texts, fragments);
  const broken = scans
    .filter(({ text }) => !isCutCopy(text, texts))
    .flatMap((scan) => scan.fragments.map((fragment) => ({ fragment, scan })))
    .filter(({ fragment }) => !isSameCode(fragment, only));
  const strays = broken.filter(({ fragment, scan }) => !mayBeCut(fragment, only, { scan, texts }));
  const isBeginningLost = scans.some(
    ({ codes: found, text }) => found.length > 0 && BARE_CUT.test(text),
  );
  if (clear.length === 0 || others.length > 0 || strays.length > 0 || isBeginningLost) {
    const guesses = strays.flatMap(({ fragment }) => fragment.guesses);
    return review('ambiguous', [only, ...others, ...guesses.map((guess) => guess.code)]);
  }
  return {
    kind: 'exact',
    code: only,
    written: clear.some((found) => found.written === 'run') ? 'run' : 'grouped',
    checkDigit: hasValidCheckDigit(only) ? 'ok' : 'failed',
    cutTo: [...new Set(broken.map(({ fragment }) => `CUS${fragment.digits}`))].sort(),
  };
}

/** What to look up among wallets before a reading names one: its code, and the beginnings of codes that it may mean. */
export function codesToLookUp(reading: ReferenceReading): readonly string[] {
  return reading.kind === 'exact' ? [reading.code, ...reading.cutTo] : [];
}

/** The reading with its cut mentions looked up among wallets, by code: another code that begins so may be meant. */
export function withoutRivals(
  reading: ReferenceReading,
  wallets: ReadonlyMap<string, unknown>,
): ReferenceReading {
  if (reading.kind === 'review' || reading.cutTo.length === 0) return reading;
  const rivals = [...wallets.keys()].flatMap((code) =>
    code !== reading.code && reading.cutTo.some((start) => code.startsWith(start))
      ? (asCustomerCode(code) ?? [])
      : [],
  );
  return rivals.length === 0 ? reading : review('ambiguous', [reading.code, ...rivals]);
}

/** The one code of an exact reading, else the codes that it may mean, likeliest first. */
export function codesOf(reading: ReferenceReading): readonly CustomerCode[] {
  return reading.kind === 'exact' ? [reading.code] : reading.candidates;
}

/**
 * MT940 banks cut the payer's text into subfields of 27 characters, even within a code: the marks of those subfields
 * (`?20` to `?29`, `?60` to `?63`) are not part of the text, and any other mark ends it. Some banks write another sign
 * than `?`.
 */
function withoutMarks(reference: string): string {
  const match = /^\s*(?:[0-9]{0,3}([?>~<^])|[0-9]{3}(\+))[0-9]{2}/.exec(reference);
  const sign = match?.[1] ?? match?.[2];
  if (sign === undefined) return reference;
  return reference
    .replace(new RegExp(`\\${sign}(?:2[0-9]|6[0-3])`, 'g'), '')
    .replace(new RegExp(`\\${sign}[0-9]{2}`, 'g'), ' ');
}

function readGuesses(
  texts: readonly string[],
  fragments: readonly CodeFragment[],
): ReferenceReading {
  const guesses: readonly CodeGuess[] = [
    ...fragments.flatMap((fragment) => fragment.guesses),
    ...texts.flatMap(guessMissingPrefix),
  ];
  if (fragments.length === 0 && guesses.length === 0) return review('no_reference', []);
  const ranked = guesses.toSorted((a, b) => a.rank - b.rank);
  return review(
    'guess_only',
    ranked.map((guess) => guess.code),
  );
}

function review(
  reason: Extract<ReferenceReading, { kind: 'review' }>['reason'],
  candidates: readonly CustomerCode[],
): ReferenceReading {
  return { kind: 'review', reason, candidates: distinct(candidates).slice(0, CANDIDATES_MAX) };
}

function distinct(codes: readonly CustomerCode[]): readonly CustomerCode[] {
  return [...new Set(codes)];
}

/** True if the text, with words before its code, is another one of them, cut: what is broken at its end is whole there. */
function isCutCopy(text: string, texts: readonly string[]): boolean {
  if (text.indexOf('CUS') <= 0) return false;
  return texts.some((other) => other.length > text.length && other.startsWith(text));
}

/** True if all eight digits of the code are there, with letters that look like them or odd separators. */
function isSameCode({ digits, guesses }: CodeFragment, code: CustomerCode): boolean {
  return digits.startsWith(code.slice(3)) && guesses.some((guess) => guess.code === code);
}

/**
 * True if a cut mention may be of the same code, so that a look at the wallets decides: the text ends before the check
 * digit, which the other digits determine; or a field that names no whole code ends as another one begins. Otherwise the
 * rest says too little, since the codes of one range share their first digits.
 */
function mayBeCut(
  { digits, tail }: CodeFragment,
  code: CustomerCode,
  { scan, texts }: { readonly scan: ReferenceScan; readonly texts: readonly string[] },
): boolean {
  if (tail === null || !code.startsWith(`CUS${digits}`)) return false;
  if (digits.length === DIGITS_BEFORE_CHECK && hasValidCheckDigit(code)) return true;
  return (
    digits.length >= CUT_DIGITS_MIN &&
    scan.codes.length === 0 &&
    texts.some((other) => other.length > tail.length && other.startsWith(tail))
  );
}
