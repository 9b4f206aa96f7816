import type { Statement } from '../../../domain/line/statement.ts';
import type { Ends, RunningBalance } from '../running-balance.ts';
import { judgeProof, type StatementTally } from '../statement-tally.ts';

/** A file's own totals; null where not stated. */
export interface CsvTotals extends Ends {
  readonly creditsMinor: bigint | null;
  readonly debitsMinor: bigint | null;
  readonly creditCount: number | null;
  readonly debitCount: number | null;
}

/** Proves a file by its stated balances, else by its running balance; its totals and counts must agree. */
export function proveCsv(
  stated: CsvTotals,
  running: RunningBalance,
  tally: StatementTally,
  sumsAgree: boolean,
): Pick<Statement, 'openingMinor' | 'closingMinor' | 'proof' | 'differenceMinor'> & {
  readonly totalsAgree: boolean;
} {
  const ends = running.ends(tally.bookedMinor);
  const openingMinor = stated.openingMinor ?? ends.openingMinor;
  const closingMinor = stated.closingMinor ?? ends.closingMinor;
  const abs = (minor: bigint | null) => (minor === null ? null : minor < 0n ? -minor : minor);
  const agrees = <Value>(said: Value | null, found: Value) => said === null || said === found;
  const isForeignFree = tally.foreign.credit + tally.foreign.debit === 0;
  // Totals over several currencies say nothing.
  const totalsAgree =
    !isForeignFree ||
    (sumsAgree &&
      agrees(abs(stated.creditsMinor), tally.sumMinor.credit) &&
      agrees(abs(stated.debitsMinor), tally.sumMinor.debit) &&
      agrees(stated.creditCount, tally.count.credit) &&
      agrees(stated.debitCount, tally.count.debit));
  // A single row whose balance gives both ends proves nothing.
  const isProof =
    ends.isChain ||
    (stated.openingMinor !== null && closingMinor !== null) ||
    stated.closingMinor !== null;
  const judged = judgeProof(
    isProof ? openingMinor : null,
    closingMinor,
    tally.bookedMinor,
    totalsAgree,
    tally.foreign,
  );
  return { openingMinor, closingMinor, ...judged, totalsAgree };
}
