import { checkDigit } from './customer-code.ts';
import { credited, inReview, type Expectation } from './line.ts';
import type { Random } from './random.ts';

/** The wallets that a generator may pay into. */
export interface Wallets {
  readonly codes: readonly [string, ...string[]];
  /** Existing codes without a check digit. */
  readonly legacyCodes: readonly string[];
}

/** A payer's text, the bank's version of it, and the expected outcome. */
export interface Mangled {
  readonly reference: string;
  /** The bank's own text, where the case is about it. */
  readonly description?: string;
  readonly expectation: Expectation;
}

export interface Mangling {
  readonly kind: string;
  /** Null if this code cannot be mangled this way, for example without a zero to write as a letter. */
  readonly make: (draw: Draw) => Mangled | null;
}

export interface Draw {
  readonly random: Random;
  readonly wallets: Wallets;
  /** The paid wallet's code, and its eight digits. */
  readonly code: string;
  readonly digits: string;
}

const NAMES = ['T NKOSI', 'L VAN WYK', 'S NAIDOO', 'P BOTHA'] as const;
const SEPARATORS = [' ', '-', '.', '/', '_'] as const;
const INVISIBLE = ['\u200b', '\u200d', '\ufeff', '\u200e', '\u200f', '\u202d'] as const;
const ASCII_ZERO = 0x30;
const ARABIC_ZERO = 0x660;
const LETTERS_FOR_DIGITS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  '0': ['O', 'o'],
  '1': ['I', 'l'],
  '5': ['S'],
  '8': ['B'],
};

/** A code with a correct check digit that no wallet has. */
export function unknownCode(random: Random, wallets: Wallets): string {
  for (;;) {
    const body = random.digits(7);
    const code = `CUS${body}${checkDigit(body)}`;
    if (body !== '0000000' && !isKnown(code, wallets)) return code;
  }
}

/** `code` with a wrong last digit; null if that is a legacy code. */
export function withWrongCheckDigit(random: Random, wallets: Wallets, code: string): string | null {
  const wrong = (Number(code.slice(-1)) + 1 + random.int(9)) % 10;
  const mangled = `${code.slice(0, -1)}${wrong}`;
  return isKnown(mangled, wallets) ? null : mangled;
}

function isKnown(code: string, wallets: Wallets): boolean {
  return wallets.codes.includes(code) || wallets.legacyCodes.includes(code);
}

/** Groups of two to four digits: `12345671` → `1234 5671`, `12 34 5671`, `123 456 71`. */
function grouped(random: Random, digits: string, separator: string): string {
  const sizes = random.pick([
    [4, 4],
    [2, 2, 4],
    [2, 2, 2, 2],
    [3, 3, 2],
  ]);
  let start = 0;
  const groups = sizes.map((size) => digits.slice(start, (start += size)));
  return groups.join(separator);
}

/** Every character moved to another block of Unicode: full-width forms, other digits. */
function shifted(text: string, by: number): string {
  return text.replace(/./g, (each) => String.fromCharCode(each.charCodeAt(0) + by));
}

function inserted(text: string, at: number, mark: string): string {
  return `${text.slice(0, at)}${mark}${text.slice(at)}`;
}

function good(kind: string, write: (draw: Draw) => string): Mangling {
  return {
    kind,
    make: (draw) => ({ reference: write(draw), expectation: credited(draw.code) }),
  };
}

function doubtful(kind: string, hint: string, write: (draw: Draw) => string | null): Mangling {
  return {
    kind,
    make: (draw) => {
      const reference = write(draw);
      return reference === null ? null : { reference, expectation: inReview(hint) };
    },
  };
}

/** References that may be credited automatically: one whole code, whatever surrounds it. */
export const READABLE: readonly Mangling[] = [
  good('exact', ({ code }) => code),
  good('lower_case', ({ code }) => code.toLowerCase()),
  good('mixed_case', ({ digits }) => `Cus${digits}`),
  good('one_separator', ({ random, digits }) => `CUS${random.pick(SEPARATORS)}${digits}`),
  good('grouped', ({ random, digits }) => {
    const separator = random.pick(SEPARATORS);
    return `cus${separator}${grouped(random, digits, separator)}`;
  }),
  good('grouped_then_name', ({ random, digits }) => {
    return `CUS ${grouped(random, digits, ' ')} ${random.pick(NAMES)}`;
  }),
  good('glued_prefix', ({ random, code }) => {
    return `${random.pick(['FROM', 'PAYMENT', 'REF', 'PMTFRM'])}${code}`;
  }),
  good('bank_prefix', ({ random, code }) => {
    return `${random.pick(['FNB APP PAYMENT FROM', 'INT-BANKING PMT FRM', 'FNB OB PMT'])} ${code}`;
  }),
  good('name_before', ({ random, code }) => `${random.pick(NAMES)} ${code}`),
  good('name_after', ({ random, code }) => `${code} ${random.pick(NAMES)}`),
  good('invoice_before', ({ random, code }) => `INV ${random.digits(4)} ${code}`),
  good('same_code_twice', ({ code }) => `${code} ${code.toLowerCase()}`),
  good('full_width', ({ code }) => shifted(code, 0xfee0)),
  good('no_break_space', ({ digits }) => `CUS\u00a0${digits}`),
  good('invisible_mark', ({ random, code }) => {
    return inserted(code, random.int(12), random.pick(INVISIBLE));
  }),
  good('nul_byte', ({ random, code }) => inserted(code, 1 + random.int(10), '\u0000')),
  {
    kind: 'legacy_exact',
    make: ({ random, wallets: { legacyCodes } }) => {
      const code = legacyCodes[random.int(legacyCodes.length)];
      return code === undefined ? null : { reference: code, expectation: credited(code) };
    },
  },
];

/** References that only a guess could place, or that identify no customer. */
export const DOUBTFUL: readonly Mangling[] = [
  doubtful('unknown_code', 'unknown_code', ({ random, wallets }) => unknownCode(random, wallets)),
  doubtful('wrong_check_digit', 'check_digit', ({ random, wallets, code }) =>
    withWrongCheckDigit(random, wallets, code),
  ),
  doubtful('swapped_digits', 'check_digit', swappedDigits),
  doubtful('letter_for_digit', 'needs_guess', letterForDigit),
  doubtful('cut_code', 'needs_guess', ({ code }) => code.slice(0, 10)),
  doubtful('prefix_missing', 'needs_guess', ({ digits }) => digits),
  doubtful('two_separators', 'needs_guess', ({ random, digits }) => {
    return `CUS${random.pick(['--', '  ', ' - '])}${digits}`;
  }),
  doubtful('lone_digit_group', 'needs_guess', ({ digits }) => {
    return `CUS ${digits.slice(0, 1)} ${digits.slice(1)}`;
  }),
  doubtful('digit_to_the_left', 'needs_guess', ({ random, code }) => `${random.digits(1)}${code}`),
  doubtful('digit_to_the_right', 'needs_guess', ({ random, code }) => `${code}${random.digits(1)}`),
  doubtful('grouped_then_number', 'ambiguous', ({ random, digits }) => {
    return `CUS ${grouped(random, digits, ' ')} ${random.digits(2)}`;
  }),
  doubtful('grouped_then_month', 'ambiguous', ({ random, digits }) => {
    return `CUS ${grouped(random, digits, ' ')} ${random.pick(['JAN', 'MAR', 'SEP', 'DEC'])}`;
  }),
  doubtful('other_digits', 'needs_guess', ({ digits }) => {
    return `CUS${shifted(digits, ARABIC_ZERO - ASCII_ZERO)}`;
  }),
  doubtful('two_codes', 'several_codes', (draw) => `${draw.code} ${otherCode(draw)}`),
  doubtful('no_reference', 'no_code', () => ''),
  doubtful('own_reference', 'no_code', ({ random }) => {
    return random.pick(['PURSER TOPUP', 'RENT MARCH', 'SALARY', 'THANK YOU']);
  }),
  doubtful('phone_number', 'no_code', ({ random }) => `0${random.digits(9)}`),
  doubtful('account_number', 'no_code', ({ random }) => `62${random.digits(9)}`),
  doubtful('phone_after_cus', 'no_code', ({ random }) => `CUS0${random.digits(9)}`),
  {
    kind: 'two_fields_two_codes',
    make: (draw) => ({
      reference: draw.code,
      description: `PMT ${otherCode(draw)}`,
      expectation: inReview('several_codes'),
    }),
  },
  {
    kind: 'legacy_grouped',
    make: ({ random, wallets: { legacyCodes } }) => {
      const code = legacyCodes[random.int(legacyCodes.length)];
      if (code === undefined) return null;
      const reference = `CUS ${code.slice(3, 7)} ${code.slice(7)}`;
      return { reference, expectation: inReview('needs_guess') };
    },
  },
];

/** Another wallet's code, or an unknown one if there is only one wallet. */
export function otherCode({ random, wallets, code }: Draw): string {
  const others = wallets.codes.filter((each) => each !== code);
  return others[random.int(others.length)] ?? unknownCode(random, wallets);
}

function swappedDigits({ random, wallets, digits }: Draw): string | null {
  const at = random.int(7);
  const one = digits.charAt(at);
  const other = digits.charAt(at + 1);
  const code = `CUS${digits.slice(0, at)}${other}${one}${digits.slice(at + 2)}`;
  return one === other || isKnown(code, wallets) ? null : code;
}

function letterForDigit({ random, digits }: Draw): string | null {
  const places = Array.from(digits).flatMap((digit, at) => {
    const letters = LETTERS_FOR_DIGITS[digit];
    return letters === undefined ? [] : [{ at, letters }];
  });
  const place = places[random.int(places.length)];
  if (place === undefined) return null;
  return `CUS${digits.slice(0, place.at)}${random.pick(place.letters)}${digits.slice(place.at + 1)}`;
}
