import type { LocalDate } from '../../../domain/local-date.ts';
import type { Statement } from '../../../domain/statement.ts';
import { judgeProof, type StatementTally } from '../statement-tally.ts';

/** Balance and movement of a row. */
interface Row {
  readonly day: LocalDate;
  readonly movedMinor: bigint;
  readonly balanceMinor: bigint;
}

/** What a file states of itself; null for what it does not. */
export interface CsvTotals {
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  readonly creditsMinor: bigint | null;
  readonly debitsMinor: bigint | null;
  readonly creditCount: number | null;
  readonly debitCount: number | null;
}

/** First and last running balance of a file, of which every booked row must have one. */
export interface RunningBalance {
  add(row: {
    readonly day: LocalDate;
    readonly movedMinor: bigint;
    readonly balanceMinor: bigint | null;
  }): void;
  /** Null where a row has no balance, or there is only one row, which proves nothing. */
  ends(
    bookedMinor: bigint,
  ): Pick<Statement, 'openingMinor' | 'closingMinor'> & { readonly isChain: boolean };
}

export function createRunningBalance(): RunningBalance {
  let first: Row | null = null;
  let last: Row | null = null;
  let rows = 0;
  let isWhole = true;
  return {
    add({ day, movedMinor, balanceMinor }) {
      if (balanceMinor === null) {
        isWhole = false;
        return;
      }
      last = { day, movedMinor, balanceMinor };
      first ??= last;
      rows += 1;
    },
    ends(bookedMinor) {
      if (first === null || last === null || !isWhole)
        return { openingMinor: null, closingMinor: null, isChain: false };
      const oldestFirst = {
        openingMinor: first.balanceMinor - first.movedMinor,
        closingMinor: last.balanceMinor,
      };
      const newestFirst = {
        openingMinor: last.balanceMinor - last.movedMinor,
        closingMinor: first.balanceMinor,
      };
      const fits = (ends: typeof oldestFirst) =>
        ends.openingMinor + bookedMinor === ends.closingMinor;
      // The order is what the balances say; days only decide where neither order fits, or both do.
      const byDays = first.day <= last.day ? oldestFirst : newestFirst;
      const other = byDays === oldestFirst ? newestFirst : oldestFirst;
      return { ...(!fits(byDays) && fits(other) ? other : byDays), isChain: rows > 1 };
    },
  };
}

/** Proves a file by the balances that it states, else by its running balance; its own totals and counts must agree. */
export function proveCsv(
  stated: CsvTotals,
  running: RunningBalance,
  tally: StatementTally,
): Pick<Statement, 'openingMinor' | 'closingMinor' | 'proof' | 'differenceMinor'> & {
  readonly totalsAgree: boolean;
} {
  const ends = running.ends(tally.bookedMinor);
  const openingMinor = stated.openingMinor ?? ends.openingMinor;
  const closingMinor = stated.closingMinor ?? ends.closingMinor;
  const abs = (minor: bigint | null) => (minor === null ? null : minor < 0n ? -minor : minor);
  const agrees = <Value>(said: Value | null, found: Value) => said === null || said === found;
  const totalsAgree =
    agrees(abs(stated.creditsMinor), tally.sumMinor.credit) &&
    agrees(abs(stated.debitsMinor), tally.sumMinor.debit) &&
    agrees(stated.creditCount, tally.count.credit) &&
    agrees(stated.debitCount, tally.count.debit);
  // A single balance that a single row lends to both ends proves nothing.
  const isProof =
    ends.isChain ||
    (stated.openingMinor !== null && closingMinor !== null) ||
    stated.closingMinor !== null;
  const judged = judgeProof(
    isProof ? openingMinor : null,
    closingMinor,
    tally.bookedMinor,
    totalsAgree,
  );
  return { openingMinor, closingMinor, ...judged, totalsAgree };
}
