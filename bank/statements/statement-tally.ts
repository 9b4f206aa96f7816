import type { LocalDate } from '../../domain/local-date.ts';
import { signedMinor } from '../../domain/line/sighting.ts';
import type { ProofLevel, StatementLine } from '../../domain/line/statement.ts';

/** Running sums of a statement's lines; the lines themselves are not kept. */
export interface StatementTally {
  add(line: StatementLine): void;
  /** Counts an entry in another currency than the account's, which no sum contains. */
  addForeign(line: StatementLine): void;
  readonly lines: number;
  /** Signed sum of the booked lines, minor units. */
  readonly bookedMinor: bigint;
  readonly count: { readonly credit: number; readonly debit: number };
  readonly sumMinor: { readonly credit: bigint; readonly debit: bigint };
  readonly days: ReadonlySet<LocalDate>;
  readonly foreign: ForeignEntries;
}

/** How many booked entries are in another currency than the account's. */
export type ForeignEntries = Readonly<Record<StatementLine['direction'], number>>;

export function createTally(): StatementTally {
  let lines = 0;
  let bookedMinor = 0n;
  const count = { credit: 0, debit: 0 };
  const sumMinor = { credit: 0n, debit: 0n };
  const days = new Set<LocalDate>();
  const foreign = { credit: 0, debit: 0 };
  return {
    addForeign(line) {
      lines += 1;
      if (line.status !== 'booked') return;
      foreign[line.direction] += 1;
      days.add(line.bookingDate);
    },
    add(line) {
      lines += 1;
      if (line.status !== 'booked') return;
      bookedMinor += signedMinor(line);
      count[line.direction] += 1;
      sumMinor[line.direction] += line.amountMinor;
      days.add(line.bookingDate);
    },
    get lines() {
      return lines;
    },
    get bookedMinor() {
      return bookedMinor;
    },
    count,
    sumMinor,
    days,
    foreign,
  };
}

const NOTHING_FOREIGN: ForeignEntries = { credit: 0, debit: 0 };

/**
 * Opening + booked lines = closing; `totalsAgree` is false if the file's own totals or counts contradict its lines.
 * The balances count an entry in another currency by an amount that the file does not state, so the proof leaves such
 * entries out: what they add may be of any size, but must go their way.
 */
export function judgeProof(
  openingMinor: bigint | null,
  closingMinor: bigint | null,
  bookedMinor: bigint,
  totalsAgree: boolean,
  foreign: ForeignEntries = NOTHING_FOREIGN,
): { readonly proof: ProofLevel; readonly differenceMinor: bigint | null } {
  const differenceMinor =
    openingMinor === null || closingMinor === null
      ? null
      : openingMinor + bookedMinor - closingMinor;
  if (!totalsAgree) return { proof: 'failed', differenceMinor };
  if (differenceMinor === null) return { proof: 'absent', differenceMinor };
  const explained = differenceMinor < 0n ? foreign.credit : foreign.debit;
  if (explained > 0) return { proof: 'ok', differenceMinor: 0n };
  return { proof: differenceMinor === 0n ? 'ok' : 'failed', differenceMinor };
}

/**
 * The days between two balances, with caution: the opening balance carries the first day or, at most banks, the day before,
 * so only a line of that day proves that it belongs to the statement.
 */
export function daysBetweenBalances(
  opening: LocalDate,
  closing: LocalDate,
  days: ReadonlySet<LocalDate>,
  dayAfter: (day: LocalDate) => LocalDate,
): { readonly from: LocalDate; readonly to: LocalDate } | null {
  const from = opening === closing || days.has(opening) ? opening : dayAfter(opening);
  return from <= closing ? { from, to: closing } : null;
}
