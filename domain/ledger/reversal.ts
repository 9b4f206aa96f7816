import { daysBetween, type LocalDate } from '../local-date.ts';
import { normaliseReference, readReferences } from '../reference/reference.ts';
import { OPEN_DEPOSIT_STATES, type DepositState } from './deposit.ts';
import {
  isRecall,
  namesOriginal,
  ownWords,
  statedDays,
  withoutCodes,
  wordingOf,
  wordsOf,
} from './reversal-words.ts';

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
  /** The payer as the bank names them, or empty. */
  readonly payer: string;
  /** The wallet that it was credited to; null while it is not. */
  readonly walletId: string | null;
  /** Every id that the bank has shown for it. */
  readonly bankIds: readonly string[];
}

/** The facts of an account that a text alone does not tell. */
export interface AccountContext {
  /** Words of the bank's own wording on this account. */
  readonly standard: ReadonlySet<string>;
  /** The first booking day that was ever read; null while there is none. */
  readonly firstDay: LocalDate | null;
}

/**
 * `reversal` and `return_paid` are booked. `wait`: the original may still come. `ask`: people must say what it was;
 * nothing that comes later would tell.
 */
export type Pairing =
  | { readonly kind: 'reversal'; readonly depositId: string }
  | { readonly kind: 'return_paid'; readonly depositId: string }
  | { readonly kind: 'wait' }
  | { readonly kind: 'ask' };

/** The largest charge of the bank within one debit line, where a person pairs it. Purser itself assumes none. */
export const CHARGES_MINOR_MAX = 50_000n;
/** EFT unpaids come within days, recalls within weeks; a person decides about older money. */
export const ORIGINAL_DAYS_MAX = 400;
/** Most candidates that a case names. */
const CANDIDATES_MAX = 10;
/**
 * On an account that Purser has read for fewer days, a recall of one of a regular payer's equal payments may be of one that it
 * never saw.
 */
const RECALL_DAYS_MAX = 40;
/** A day that a line states this near to its own is its own: of the debit, not of the deposit. */
const OWN_DAY_DAYS_MAX = 3;
/** A deposit is booked this near to the day on which its payer paid: Easter is five days. */
const STATED_DAY_DAYS_MAX = 5;
/** Feeds may date one payment a day apart. */
const DATED_LATER_DAYS_MAX = 1;
/** A shorter id or text occurs in too many texts by chance. */
const ID_CHARS_MIN = 6;
const OWN_CHARS_MIN = 6;

/** The reference of a return, which identifies its debit line: `RTN` and 12 characters. */
export function returnReference(depositId: string): string {
  return `RTN${depositId.slice(-12).toUpperCase()}`;
}

/**
 * - `reversal`: the bank marks or words it as one, or it pays a return: it is paired or waits;
 * - `customer`: it names a customer, and matters only if a deposit of that customer has its amount;
 * - `other`: the business's own payment.
 */
export type DebitKind = 'reversal' | 'customer' | 'other';

/** What a debit line may be, by its own facts. A refund that names a customer is looked at like a reversal. */
export function kindOfDebit(line: DebitLine): DebitKind {
  const wording = wordingOf(line.texts);
  const isReturn = line.texts.some((text) => /RTN[0-9A-F]{12}/.test(normaliseReference(text)));
  if (line.isMarked || isReturn || wording === 'reversal' || wording === 'unclear')
    return 'reversal';
  if (readReferences(line.texts).kind !== 'exact') return 'other';
  return wording === 'refund' ? 'reversal' : 'customer';
}

/**
 * Finds the deposit that a line belongs to: the return that it names; else the one deposit of exactly its amount that
 * evidence ties it to, if the bank marks or words the line as a reversal. Several that make no difference to any
 * customer are one: of them, one held as a possible duplicate goes first, then one that is not credited, then the
 * newest. `originals` are the deposits of its amount, and those whose id it names.
 */
export function pairReversal(
  line: DebitLine,
  originals: readonly Original[],
  context: AccountContext,
): Pairing {
  const texts = line.texts.map(normaliseReference);
  const inTime = originals.filter((original) => isInTime(line, original));
  const paid = inTime.find(
    ({ state, amountMinor, depositId }) =>
      state === 'returned' &&
      amountMinor === line.amountMinor &&
      texts.some((text) => text.includes(returnReference(depositId))),
  );
  if (paid !== undefined) return { kind: 'return_paid', depositId: paid.depositId };
  const open = inTime.filter(({ state }) => state !== 'returned');
  const named = open.filter((original) => namesId(texts, original));
  if (named.some((original) => namesOther(line, original))) return { kind: 'ask' };
  const isNamed = named.length > 0 || texts.some(namesOriginal);
  const sameAmount = open.filter(({ amountMinor }) => amountMinor === line.amountMinor);
  const [first, ...others] = sameAmount
    .filter((each) =>
      isNamed ? named.includes(each) : isTied(line, each, context) && isOfStatedDay(line, each),
    )
    .toSorted(inOrder);
  if (first === undefined)
    return mayCome(line, named, sameAmount) ? { kind: 'wait' } : { kind: 'ask' };
  const isRecallOfUnknown =
    !isNamed &&
    others.length > 0 &&
    isRecall(line.texts) &&
    (context.firstDay === null ||
      daysBetween(context.firstDay, line.bookingDate) < RECALL_DAYS_MAX);
  const isClear =
    isReversalOf(line, first) &&
    !isRecallOfUnknown &&
    others.every((other) => isSameToCustomer(first, other));
  return isClear ? { kind: 'reversal', depositId: first.depositId } : { kind: 'ask' };
}

/** True if no deposit so far answers for a line, and one that comes later may. */
function mayCome(
  line: DebitLine,
  named: readonly Original[],
  sameAmount: readonly Original[],
): boolean {
  if (named.length > 0) return false;
  const wording = wordingOf(line.texts);
  if (line.isMarked || wording === 'reversal') return true;
  return wording === 'unclear' && sameAmount.length === 0;
}

/**
 * True if a reversal that waits may be of this deposit, which then waits for a person, unless the reversal turns out to
 * belong to another deposit.
 */
export function mayReverse(line: DebitLine, original: Original, context: AccountContext): boolean {
  if (!isInTime(line, original)) return false;
  if (namesId(line.texts.map(normaliseReference), original)) return true;
  return (
    line.amountMinor === original.amountMinor &&
    isReversalOf(line, original) &&
    isOfStatedDay(line, original) &&
    isTied(line, original, context)
  );
}

/**
 * The deposits that people should look at for a line, likeliest first: those that it names by id, then those of its
 * amount, then those of its customer.
 */
export function candidatesOf(
  line: DebitLine,
  originals: readonly Original[],
  context: AccountContext,
): readonly string[] {
  const texts = line.texts.map(normaliseReference);
  const rank = (original: Original): number => {
    const isSameAmount = line.amountMinor === original.amountMinor;
    if (namesId(texts, original)) return 0;
    if (isTied(line, original, context)) return isSameAmount ? 1 : 3;
    return isSameAmount ? 2 : 4;
  };
  const distinct = [...new Map(originals.map((each) => [each.depositId, each])).values()];
  return distinct
    .filter((original) => isInTime(line, original) && original.state !== 'returned')
    .map((original) => ({ original, rank: rank(original) }))
    .filter((each) => each.rank < 4)
    .toSorted((a, b) => a.rank - b.rank || inOrder(a.original, b.original))
    .slice(0, CANDIDATES_MAX)
    .map(({ original }) => original.depositId);
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

/** False if a line states a day, other than its own, that is not the deposit's. */
function isOfStatedDay(line: DebitLine, original: Original): boolean {
  const isNear = (one: LocalDate, other: LocalDate, days: number) =>
    Math.abs(daysBetween(one, other)) <= days;
  const stated = statedDays(line.texts).filter(
    (day) => !isNear(day, line.bookingDate, OWN_DAY_DAYS_MAX),
  );
  const isOfDay = (day: LocalDate) => isNear(day, original.bookingDate, STATED_DAY_DAYS_MAX);
  return stated.length === 0 || stated.some(isOfDay);
}

function isReversalOf(line: DebitLine, original: Original): boolean {
  const words = new Set(wordsOf([...original.texts, original.payer]));
  return line.isMarked || wordingOf(line.texts, words) === 'reversal';
}

/** The line names one customer, and the deposit another. */
function namesOther(line: DebitLine, original: Original): boolean {
  const [taken, given] = [line.texts, original.texts].map(readReferences);
  return taken?.kind === 'exact' && given?.kind === 'exact' && taken.code !== given.code;
}

function namesId(texts: readonly string[], original: Original): boolean {
  return original.bankIds.some((id) => {
    const plain = normaliseReference(id);
    const isProof = plain.length >= ID_CHARS_MIN && /\d/.test(plain);
    return isProof && texts.some((text) => ` ${text} `.includes(` ${plain} `));
  });
}

/** The words of a line that may be ids of the bank: in the normal form and as written. */
export function possibleIds(line: DebitLine): readonly string[] {
  const words = line.texts.flatMap((text) => `${text} ${withoutCodes(text)}`.split(/\s+/));
  return [...new Set(words)].filter((word) => word.length >= ID_CHARS_MIN && /\d/.test(word));
}

/**
 * True if both name the same code or, where neither names one, the payer's own words of one are in the other: two words, or
 * one with a digit. A single word may be a bank's that no list has.
 */
export function isTied(line: DebitLine, original: Original, { standard }: AccountContext): boolean {
  const [taken, given] = [readReferences(line.texts), readReferences(original.texts)];
  if (taken.kind === 'exact' || given.kind === 'exact')
    return taken.kind === 'exact' && given.kind === 'exact' && taken.code === given.code;
  const own = (texts: readonly string[]) =>
    texts
      .map((text) => ownWords(text, standard).join(' '))
      .filter((words) => words.length >= OWN_CHARS_MIN && /[ \d]/.test(words));
  const ofLine = own(line.texts);
  return own(original.texts).some((words) =>
    ofLine.some((each) => ` ${each} `.includes(` ${words} `) || ` ${words} `.includes(` ${each} `)),
  );
}

/** True if it makes no difference to any customer which of the two is taken back. */
function isSameToCustomer(one: Original, other: Original): boolean {
  if (one.walletId !== null && other.walletId !== null) return one.walletId === other.walletId;
  const [a, b] = [readReferences(one.texts), readReferences(other.texts)];
  if (a.kind === 'exact' || b.kind === 'exact')
    return a.kind === 'exact' && b.kind === 'exact' && a.code === b.code;
  const textOf = ({ texts }: Original) => texts.map(normaliseReference).join('\n');
  return textOf(one) === textOf(other);
}

function inOrder(a: Original, b: Original): number {
  return (
    Number(b.isPossibleDuplicate) - Number(a.isPossibleDuplicate) ||
    Number(a.state === 'credited') - Number(b.state === 'credited') ||
    compare(b.bookingDate, a.bookingDate) ||
    compare(b.depositId, a.depositId)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
