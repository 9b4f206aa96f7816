/** `unknown`: at least one of the two is no account number, such as an id that only an API uses. */
export type AccountMatch = 'same' | 'different' | 'unknown';

/** Characters that stand for hidden digits: `****1234`. */
const MASK = /[*X#•]/;
const IBAN = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/;
/** Fewer visible digits say too little. */
const VISIBLE_MIN = 3;
/** Shorter numbers may stand in an IBAN by chance. */
const DIGITS_MIN = 5;

/**
 * Compares two spellings of a bank account: blanks, dashes, leading zeros, a bank code before a slash and a currency
 * behind it make no difference, an IBAN contains its number, and of a masked number the visible digits count.
 */
export function matchAccounts(one: string, other: string): AccountMatch {
  const [a, b] = [numberIn(one), numberIn(other)];
  if (a === '' || b === '') return 'unknown';
  if (isSame(a, b)) return 'same';
  return isAccountNumber(a) && isAccountNumber(b) ? 'different' : 'unknown';
}

/**
 * True if two texts surely name one account: equal ids of an API, or spellings of one whole account number. Hidden digits
 * prove nothing.
 */
export function isSameAccount(one: string, other: string): boolean {
  if (one.trim() === other.trim()) return true;
  const areNumbers = [one, other].every((text) => isAccountNumber(text) && !isMasked(text));
  return areNumbers && matchAccounts(one, other) === 'same';
}

/** True if a text is an account number or an IBAN, and not only a name or an id of an API. */
export function isAccountNumber(text: string): boolean {
  const number = numberIn(text);
  return (
    isMasked(number) || IBAN.test(number) || new RegExp(`^[0-9]{${DIGITS_MIN},17}$`).test(number)
  );
}

export function isIban(text: string): boolean {
  return IBAN.test(numberIn(text));
}

/** True if digits of the number are hidden. */
export function isMasked(text: string): boolean {
  const number = numberIn(text);
  return /^[0-9*X#•]+$/.test(number) && MASK.test(number) && visibleEnd(number) >= VISIBLE_MIN;
}

/** The last four characters, which a person may see. */
export function lastFour(text: string): string {
  return numberIn(text).slice(-4);
}

function numberIn(text: string): string {
  const parts = text
    .toUpperCase()
    .replaceAll(/[\s.\-_]/g, '')
    .split('/')
    .filter((part) => part !== '' && !/^[A-Z]{3}$/.test(part));
  return (parts.at(-1) ?? '').replace(/(?<=[0-9])[A-Z]{3}$/, '');
}

function visibleEnd(number: string): number {
  return /[0-9]*$/.exec(number)?.[0].length ?? 0;
}

function isSame(a: string, b: string): boolean {
  const strip = (number: string) => number.replace(/^0+(?=.)/, '');
  if (strip(a) === strip(b)) return true;
  if (isMasked(a) || isMasked(b)) return agreesWhereVisible(a, b);
  return hasNumber(a, strip(b)) || hasNumber(b, strip(a));
}

function hasNumber(iban: string, number: string): boolean {
  const isNumber = /^[0-9]+$/.test(number) && number.length >= DIGITS_MIN;
  return isNumber && IBAN.test(iban) && iban.slice(4).includes(number);
}

function agreesWhereVisible(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  return Array.from({ length }, (_, index) => [a.at(-1 - index), b.at(-1 - index)]).every(
    ([one = '', other = '']) => one === other || MASK.test(one) || MASK.test(other),
  );
}
