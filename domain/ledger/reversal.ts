import { daysBetween, type LocalDate } from '../local-date.ts';
import { normaliseReference, readReferences } from '../reference/reference.ts';
import { OPEN_DEPOSIT_STATES, type DepositState } from './deposit.ts';

/** A debit line of our account; `amountMinor` is above zero. */
export interface DebitLine {
  readonly amountMinor: bigint;
  readonly bookingDate: LocalDate;
  /** The bank's own mark: camt `RvslInd`, MT940 `RC`. */
  readonly isMarked: boolean;
  readonly texts: readonly string[];
}

/** The states of deposits that a debit line may take back, or whose return it may pay. */
export const ORIGINAL_STATES = [
  ...OPEN_DEPOSIT_STATES,
  'credited',
  'returned',
] as const satisfies readonly DepositState[];

/** A deposit that a debit line may take back, or whose return it may pay. */
export interface Original {
  readonly depositId: string;
  readonly state: (typeof ORIGINAL_STATES)[number];
  readonly isPossibleDuplicate: boolean;
  readonly amountMinor: bigint;
  readonly bookingDate: LocalDate;
  readonly texts: readonly string[];
  /** Every id that the bank has shown for it. */
  readonly bankIds: readonly string[];
}

export type Pairing =
  | {
      readonly kind: 'reversal';
      readonly depositId: string;
      /** The bank's charge: the amount taken beyond the original. */
      readonly chargesMinor: bigint;
    }
  | { readonly kind: 'return_paid'; readonly depositId: string }
  | { readonly kind: 'none' };

/** Largest charge that a bank adds to a reversal. */
export const CHARGES_MINOR_MAX = 50_000n;
/** EFT unpaids come within days, recalls within weeks; a person decides about older money. */
export const ORIGINAL_DAYS_MAX = 400;
/** Feeds may date one payment a day apart. */
const DATED_LATER_DAYS_MAX = 1;
/** A shorter id occurs in too many texts by chance. */
const ID_CHARS_MIN = 6;
const TEXT_CHARS_MIN = 6;

const WORDS = /\b(?:REVERS(?:AL|ED)|UNPAID|RETURNED|RECALL(?:ED)?|DISHONOU?RED|RTD)\b/;

/** The reference of a return, which identifies its debit line: `RTN` and 12 characters. */
export function returnReference(depositId: string): string {
  return `RTN${depositId.slice(-12).toUpperCase()}`;
}

/**
 * True if a debit line may take a deposit back or pay a return: the bank marks it, its text says so, or it names a
 * customer's code. Every other debit is an ordinary payment of the business.
 */
export function mayTakeBack(line: DebitLine): boolean {
  return (
    line.isMarked ||
    line.texts.some((text) => {
      const plain = normaliseReference(text);
      return WORDS.test(plain) || /RTN[0-9A-F]{12}/.test(plain);
    }) ||
    readReferences(line.texts).kind === 'exact'
  );
}

/**
 * Finds the deposit that a line belongs to: the return that it names, else by the bank's id, else by reference and
 * amount. Prefers a deposit held as a possible duplicate, since a bank that reverses a repeated batch means the repeat;
 * otherwise the oldest.
 */
export function pairReversal(line: DebitLine, originals: readonly Original[]): Pairing {
  const texts = line.texts.map(normaliseReference);
  const inOrder = originals
    .filter((original) => isInTime(line, original))
    .toSorted(
      (a, b) =>
        Number(b.isPossibleDuplicate) - Number(a.isPossibleDuplicate) ||
        compare(a.bookingDate, b.bookingDate) ||
        compare(a.depositId, b.depositId),
    );
  const paid = inOrder.find(
    (original) =>
      original.state === 'returned' &&
      original.amountMinor === line.amountMinor &&
      texts.some((text) => text.includes(returnReference(original.depositId))),
  );
  if (paid !== undefined) return { kind: 'return_paid', depositId: paid.depositId };
  const open = inOrder.filter((original) => original.state !== 'returned');
  const isSame = (original: Original) => original.amountMinor === line.amountMinor;
  const isWithCharges = (original: Original) =>
    original.amountMinor < line.amountMinor &&
    line.amountMinor - original.amountMinor <= CHARGES_MINOR_MAX;
  const found =
    open.find((each) => (isSame(each) || isWithCharges(each)) && namesId(texts, each)) ??
    open.find((each) => isSame(each) && saysTheSame(line, texts, each)) ??
    open.find((each) => isWithCharges(each) && saysTheSame(line, texts, each));
  if (found === undefined) return { kind: 'none' };
  return {
    kind: 'reversal',
    depositId: found.depositId,
    chargesMinor: line.amountMinor - found.amountMinor,
  };
}

/**
 * True if an unpaired reversal may be of this deposit, in whole or in part. Such a deposit waits for a person, unless the
 * reversal turns out to belong to another deposit.
 */
export function mayReverse(line: DebitLine, original: Original): boolean {
  if (!isInTime(line, original)) return false;
  const texts = line.texts.map(normaliseReference);
  const isOfItsSize = line.amountMinor - original.amountMinor <= CHARGES_MINOR_MAX;
  return namesId(texts, original) || (isOfItsSize && saysTheSame(line, texts, original));
}

/** The facts of a debit line or a deposit that must fit, whatever their texts say. */
interface Booked {
  readonly accountKey: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** The bank's charge when a person pairs the two; null unless account, currency and amount fit, apart from a charge. */
export function chargesOf(line: Booked, deposit: Booked): bigint | null {
  const chargesMinor = line.amountMinor - deposit.amountMinor;
  const fits = line.accountKey === deposit.accountKey && line.currency === deposit.currency;
  return fits && chargesMinor >= 0n && chargesMinor <= CHARGES_MINOR_MAX ? chargesMinor : null;
}

function isInTime(line: DebitLine, original: Original): boolean {
  const age = daysBetween(original.bookingDate, line.bookingDate);
  return age >= -DATED_LATER_DAYS_MAX && age <= ORIGINAL_DAYS_MAX;
}

function namesId(texts: readonly string[], original: Original): boolean {
  return original.bankIds.some((id) => {
    const plain = normaliseReference(id);
    return plain.length >= ID_CHARS_MIN && texts.some((text) => ` ${text} `.includes(` ${plain} `));
  });
}

/** True if both name the same code or, where neither names one, the text of one contains the other. */
function saysTheSame(line: DebitLine, texts: readonly string[], original: Original): boolean {
  const [taken, given] = [readReferences(line.texts), readReferences(original.texts)];
  if (taken.kind === 'exact' || given.kind === 'exact')
    return taken.kind === 'exact' && given.kind === 'exact' && taken.code === given.code;
  return original.texts.some((text) => {
    const plain = normaliseReference(text);
    return (
      plain.length >= TEXT_CHARS_MIN &&
      texts.some(
        (each) => each.includes(plain) || (each.length >= TEXT_CHARS_MIN && plain.includes(each)),
      )
    );
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
