import type { LocalDate } from '../../../domain/local-date.ts';
import type { RunningBalance } from '../running-balance.ts';
import type { CsvTotals } from './csv-proof.ts';

/** A row that states a balance, or the sums of all rows. */
type StatingRow =
  | { readonly kind: 'opening' | 'closing'; readonly minor: bigint | null }
  | ({ readonly kind: 'end' } & Sums & { readonly balanceMinor: bigint | null });

interface Sums {
  readonly movedMinor: bigint | null;
  readonly feeMinor: bigint | null;
}

interface BookedRow {
  readonly day: LocalDate;
  readonly movedMinor: bigint;
  readonly feeMinor: bigint;
  readonly balanceMinor: bigint | null;
}

/** Balances stated by rows between and after the entries, compared with the entries. */
export interface StatedBalances {
  add(row: StatingRow): void;
  enter(row: BookedRow): void;
  /** Notes an entry in another currency, which no balance of the file counts by its amount. */
  enterForeign(): void;
  /** Notes that entries follow which the next statement of the bank will close. */
  goOn(): void;
  /** Notes a pending entry. */
  enterPending(): void;
  hasEnded(): boolean;
  /** True after entries without a new opening row since. */
  isBehindEntries(): boolean;
  /** The balances of the file: from its head if it has any, else from such rows. */
  ends(totals: CsvTotals): CsvTotals & {
    readonly totalsAgree: boolean;
    /** There was an opening row but no closing row: the file is cut off, or the statement is still open. */
    readonly isEndMissing: boolean;
    /** Pending entries follow the closing row, where a missing one would go unnoticed. */
    readonly isTailOpen: boolean;
  };
}

export function createStatedBalances(running: RunningBalance): StatedBalances {
  let entries = 0;
  let [movedMinor, feeMinor] = [0n, 0n];
  let opening: bigint | null = null;
  let closing: { readonly minor: bigint | null; readonly entriesBefore: number } | null = null;
  let end: Extract<StatingRow, { kind: 'end' }> | null = null;
  let [isBehindEntries, isTailOpen, isOpenEnded] = [false, false, false];

  return {
    add(row) {
      if (row.kind === 'end') end = row;
      else if (row.kind === 'closing') {
        closing = { minor: row.minor, entriesBefore: entries };
        isTailOpen = false;
      } else {
        isBehindEntries = false;
        // After a closing row with entries before it, the next statement opens with the same balance.
        if (closing === null || closing.entriesBefore === 0) opening ??= row.minor;
      }
    },
    enter(row) {
      entries += 1;
      isBehindEntries = true;
      movedMinor += row.movedMinor;
      feeMinor += row.feeMinor;
      running.add({ ...row, movedMinor: row.movedMinor + row.feeMinor });
    },
    goOn() {
      isOpenEnded = true;
    },
    enterForeign() {
      entries += 1;
      isBehindEntries = true;
    },
    enterPending() {
      isTailOpen = closing !== null;
    },
    hasEnded: () => end !== null,
    isBehindEntries: () => isBehindEntries,
    ends(totals) {
      // In a file with the newest rows first, the closing row comes before all entries.
      const isWhole = closing?.entriesBefore === entries || closing?.entriesBefore === 0;
      const closingMinor = isWhole ? (closing?.minor ?? null) : null;
      const abs = (minor: bigint) => (minor < 0n ? -minor : minor);
      return {
        ...totals,
        openingMinor: totals.openingMinor ?? opening,
        closingMinor: totals.closingMinor ?? closingMinor ?? end?.balanceMinor ?? null,
        totalsAgree:
          (end?.movedMinor ?? movedMinor) === movedMinor &&
          abs(end?.feeMinor ?? feeMinor) === abs(feeMinor),
        isTailOpen,
        isEndMissing:
          !isOpenEnded && opening !== null && closingMinor === null && totals.closingMinor === null,
      };
    },
  };
}
