import { daysBetween, type LocalDate } from '../local-date.ts';
import { normaliseReference, readReferences } from '../reference/reference.ts';

/** A debit line of our account. Minor units > 0: what it took. */
export interface DebitLine {
  readonly amountMinor: bigint;
  readonly bookingDate: LocalDate;
  /** The bank's own mark: camt `RvslInd`, MT940 `RC`. */
  readonly isMarked: boolean;
  readonly texts: readonly string[];
}

/** A deposit that a debit line may take back, or whose return it may pay. */
export interface Original {
  readonly depositId: string;
  readonly state: 'captured' | 'in_review' | 'credited' | 'returned';
  readonly isPossibleDuplicate: boolean;
  readonly amountMinor: bigint;
  readonly bookingDate: LocalDate;
  readonly texts: readonly string[];
  /** Ids under which the bank has shown it. */
  readonly bankIds: readonly string[];
}

export type Pairing =
  | {
      readonly kind: 'reversal';
      readonly depositId: string;
      /** What was taken beyond the original. */
      readonly chargesMinor: bigint;
    }
  | { readonly kind: 'return_paid'; readonly depositId: string }
  | { readonly kind: 'none' };

/** A bank that adds its fee to what it takes back takes less than this for it. */
export const CHARGES_MINOR_MAX = 50_000n;
/** EFT unpaids come within days, recalls within weeks; older money is a person's matter. */
export const ORIGINAL_DAYS_MAX = 400;
/** Feeds may date one payment a day apart. */
const DATED_LATER_DAYS_MAX = 1;
/** A shorter id stands in too many texts by chance. */
const ID_CHARS_MIN = 6;
const TEXT_CHARS_MIN = 6;

const WORDS = /\b(?:REVERS(?:AL|ED)|UNPAID|RETURNED|RECALL(?:ED)?|DISHONOU?RED|RTD)\b/;

/** What we write into the reference of a return, so that its debit line can be told: `RTN` and 12 characters. */
export function returnReference(depositId: string): string {
  return `RTN${depositId.slice(-12).toUpperCase()}`;
}

/**
 * Whether a debit line may take a deposit back or pay a return: the bank marks it so, words it so, or it names a
 * customer's code. Every other debit is the business's own affair.
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
 * amount. Of several the oldest goes first, but one that is held as a possible duplicate before all others: a bank that
 * takes a repeated batch back means the repeat.
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
 * Whether a reversal that no deposit was found for may be of this one, whole or in part: such a deposit waits for a person,
 * unless the reversal turns out to be another's.
 */
export function mayReverse(line: DebitLine, original: Original): boolean {
  if (!isInTime(line, original)) return false;
  const texts = line.texts.map(normaliseReference);
  const isOfItsSize = line.amountMinor - original.amountMinor <= CHARGES_MINOR_MAX;
  return namesId(texts, original) || (isOfItsSize && saysTheSame(line, texts, original));
}

/** A debit line and a deposit, as far as the one may reverse the other whatever their texts say. */
interface Booked {
  readonly accountKey: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** What a person pairs must be the deposit's account, currency and amount, with the bank's charge at most. Null where it is not. */
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

/** Both name the same code; where neither names one, the text of one stands in the other. */
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
