import { invariant } from '../invariant.ts';

/** `CUS` and eight ASCII digits. Well formed only: {@link hasValidCheckDigit} checks the last digit. */
export type CustomerCode = string & { readonly __brand: 'CustomerCode' };

/** Largest number that fits in the seven digits before the check digit. */
export const CUSTOMER_NUMBER_MAX = 9_999_999;

/** Largest series of customer numbers, see {@link seriesOf}. */
export const CODE_SERIES_MAX = 9;

/** Damm's quasigroup of order 10: the next state is the digit's place in the row of the state. */
const DAMM_ROWS = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const;

/** Reads a code in upper case and without blanks; null for anything else. */
export function asCustomerCode(text: string): CustomerCode | null {
  return /^CUS[0-9]{8}$/.test(text) ? (text as CustomerCode) : null;
}

/** The Damm check digit of a run of ASCII digits, as text: `572` gives `4`. */
export function dammDigit(digits: string): string {
  invariant(/^[0-9]+$/.test(digits), 'A check digit is made of one or more ASCII digits only.');
  let state = '0';
  for (const digit of digits) state = DAMM_ROWS[Number(state)]?.charAt(Number(digit)) ?? '';
  return state;
}

/**
 * True if the eighth digit is the check digit of the seven before it.
 * Legacy codes, issued before the check digit, mostly fail; a registered one is valid all the same.
 */
export function hasValidCheckDigit(code: CustomerCode): boolean {
  return dammDigit(code.slice(3)) === '0';
}

/**
 * The code of a customer number: seven digits, leading zeros kept, and their check digit.
 * @param body a whole number from 1 to {@link CUSTOMER_NUMBER_MAX}; zero is never issued.
 */
export function customerCodeFromNumber(body: number): CustomerCode {
  invariant(
    Number.isInteger(body) && body >= 1 && body <= CUSTOMER_NUMBER_MAX,
    `A customer number is a whole number from 1 to ${CUSTOMER_NUMBER_MAX}, found ${body}.`,
  );
  const digits = body.toString().padStart(7, '0');
  return `CUS${digits}${dammDigit(digits)}` as CustomerCode;
}

/**
 * The series of a customer number: half of all numbers are in series 0, a quarter in series 1, and so on; the last one
 * has the rest. Numbers of one series are spread evenly, since a fixed mix of their bits decides. New wallets get codes
 * of one series only, and of the next one after each restore of an older database: codes that were issued since then are
 * in no table any more, and this alone keeps them from being issued again. It must never change.
 */
export function seriesOf(body: number): number {
  const mixed = mixBits(mixBits(body) ^ 0x5ca1ab1e);
  const zerosAtTheEnd = mixed === 0 ? 32 : 31 - Math.clz32(mixed & -mixed);
  return Math.min(zerosAtTheEnd, CODE_SERIES_MAX);
}

/** Turns 32 bits into other 32 bits, one to one, each of which depends on all. */
function mixBits(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  const twice = Math.imul(once ^ (once >>> 16), 0x45d9f3b);
  return twice ^ (twice >>> 16);
}

/**
 * True if one wrong digit, or one swap of two neighbours, turns `a` into `b`. The check digit separates two checked codes
 * this close to each other, but not a checked code from a legacy one: a new code is not issued this close to a live legacy
 * code. Symmetric; false for a code and itself.
 */
export function mayBeTakenFor(a: CustomerCode, b: CustomerCode): boolean {
  const unlike = Array.from(a).flatMap((char, at) => (char === b.charAt(at) ? [] : [at]));
  const [first, second] = unlike;
  if (unlike.length === 1) return true;
  if (unlike.length !== 2 || first === undefined || second !== first + 1) return false;
  return a.charAt(first) === b.charAt(second) && a.charAt(second) === b.charAt(first);
}

/** The code itself, and every code that is one wrong digit or one swap of neighbours away. */
export function codesNear(code: CustomerCode): readonly CustomerCode[] {
  const digits = code.slice(3);
  const near = new Set([digits]);
  for (let at = 0; at < digits.length; at += 1) {
    const [before, rest] = [digits.slice(0, at), digits.slice(at + 1)];
    for (const digit of '0123456789') near.add(before + digit + rest);
    near.add(before + rest.charAt(0) + digits.charAt(at) + rest.slice(1));
  }
  return [...near].flatMap((each) => asCustomerCode(`CUS${each}`) ?? []);
}
