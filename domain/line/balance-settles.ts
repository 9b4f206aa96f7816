import type { LocalDate } from '../local-date.ts';

/** More doubts than these are not tried: so many sums that several would fit by chance. */
const DOUBTS_MAX = 12;

/** What a balance may say of a doubt, besides that it is as the ledger has it. */
export type DoubtKind =
  /** A held line. The ledger counts it; it may be the line beside it. */
  | 'line'
  /** A row that waits. The ledger does not count it; it may be a line of its own. */
  | 'row'
  /** A line that the bank shows no longer. The ledger counts it; the bank may not. */
  | 'gone';

/** A line or a row of which only a balance tells whether the bank counts it. */
export interface Doubt {
  readonly id: string;
  readonly kind: DoubtKind;
  readonly bookingDate: LocalDate;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  readonly besideLineId: string | null;
  /** Only a `possible_duplicate` may be the same money in other words; what was corrected is for people. */
  readonly isCorrection: boolean;
  /** People have decided about its deposit. */
  readonly isDecided: boolean;
  /** Null for a row, which is no line yet, and for a debit. */
  readonly depositId: string | null;
}

/** What a balance decides. */
export interface Settled {
  /** Held lines that are lines of their own. */
  readonly own: readonly Doubt[];
  /** Held lines that are the line beside them. */
  readonly same: readonly Doubt[];
  /** Rows that wait, and are lines of their own. */
  readonly lines: readonly Doubt[];
  /** Rows that wait, and are the line beside them, or no line. */
  readonly ended: readonly Doubt[];
}

const NOTHING_SETTLED: Settled = { own: [], same: [], lines: [], ended: [] };

/**
 * Decides doubts by the balance that the bank states: a surplus of the ledger that is exactly the sum of lines in doubt
 * says that these are no money of their own, a lack that is exactly a row says that it is. It decides only if the
 * difference has one explanation, and all of it can be acted on; the others are then as the ledger has them. Lines of one
 * day that name no line beside them are one doubt: a batch that was booked again is new as a whole, or not at all.
 * @param differenceMinor the ledger less the bank, at the moment of the balance
 * @param closedUntil the last day that is over: a row of a later day may be money that the balance does not count yet
 */
export function settleByBalance(
  doubts: readonly Doubt[],
  { closedUntil, differenceMinor }: { differenceMinor: bigint; closedUntil: LocalDate },
): Settled {
  // What people decided is right if the ledger agrees with the bank.
  const open = differenceMinor === 0n ? doubts.filter(({ isDecided }) => !isDecided) : doubts;
  const groups = groupDoubts(open);
  if (groups.length === 0 || groups.length > DOUBTS_MAX) return NOTHING_SETTLED;
  const counted = explain(groups, differenceMinor);
  if (counted === null) return NOTHING_SETTLED;
  const changed = counted.flat();
  // A line can become a wording of one that stays only.
  const leaves = new Set(changed.flatMap(({ id, kind }) => (kind === 'line' ? [id] : [])));
  if (!changed.every((each) => mayChange(each) && !leaves.has(each.besideLineId ?? '')))
    return NOTHING_SETTLED;
  const isChanged = new Set(changed);
  const kept = open.filter((doubt) => !isChanged.has(doubt) && !doubt.isCorrection);
  return {
    own: kept.filter(({ kind }) => kind === 'line'),
    same: changed.filter(({ kind }) => kind === 'line'),
    lines: changed.filter(({ kind }) => kind === 'row'),
    ended: kept.filter(({ bookingDate, kind }) => kind === 'row' && bookingDate <= closedUntil),
  };
}

/** True if a balance decides anything. */
export function isAnySettled({ ended, lines, own, same }: Settled): boolean {
  return own.length + same.length + lines.length + ended.length > 0;
}

/** What the ledger would have to change of it can be done without a person. */
function mayChange({ amountMinor, besideLineId, isCorrection, isDecided, kind }: Doubt): boolean {
  // A debit has no deposit that could be taken off the books, and a row does not say whether it is a reversal.
  if (isCorrection || isDecided || amountMinor < 0n) return false;
  return kind === 'row' || (kind === 'line' && besideLineId !== null);
}

function groupDoubts(doubts: readonly Doubt[]): readonly (readonly Doubt[])[] {
  const groups = new Map<string, Doubt[]>();
  for (const doubt of doubts) {
    const isBatch = doubt.kind === 'line' && doubt.besideLineId === null && !doubt.isCorrection;
    const key = isBatch ? `batch ${doubt.bookingDate}` : `${doubt.kind} ${doubt.id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [doubt]);
    else group.push(doubt);
  }
  return [...groups.values()];
}

/** The one choice of groups that the ledger has wrong if the difference is this; null if there is none, or more than one. */
function explain(
  groups: readonly (readonly Doubt[])[],
  differenceMinor: bigint,
): readonly (readonly Doubt[])[] | null {
  let found: readonly (readonly Doubt[])[] | null = null;
  for (let choice = 0; choice < 2 ** groups.length; choice += 1) {
    const chosen = groups.filter((_, at) => (choice >> at) % 2 === 1);
    if (chosen.flat().reduce((sum, doubt) => sum + excessOf(doubt), 0n) !== differenceMinor)
      continue;
    if (found !== null) return null;
    found = chosen;
  }
  return found;
}

/** What the ledger has too much of if it is wrong about this doubt. */
function excessOf({ amountMinor, kind }: Doubt): bigint {
  return kind === 'row' ? -amountMinor : amountMinor;
}
