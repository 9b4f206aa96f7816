import { invariant } from '../invariant.ts';
import { printRand } from '../money/money-text.ts';

/** Counts over the deposits of one run. Amounts are rand cents. */
export interface RunCounts {
  /** True if the bank could not be read. Deposits of earlier runs may have been settled all the same. */
  readonly hasFailed?: boolean;
  readonly reconciledCount: number;
  readonly reconciledMinor: bigint;
  readonly credits: bigint;
  readonly unmatchedCount: number;
  readonly unmatchedMinor: bigint;
  /** Rows of the bank that could not be read, and wait for a person. */
  readonly unreadableCount?: number;
  /** Rows that may be known lines, and wait for a later read. */
  readonly waitingCount?: number;
  /** All deposits of the run; more than reconciled + unmatched when some had not settled at its end. */
  readonly totalCount: number;
}

/**
 * Prints the summary of a run: three lines in aligned columns under a heading, without a final line break. Deposits that
 * had not settled when the run ended get their own line, so that the counts always add up, and so do rows that could not be
 * read and rows that wait.
 */
export function printRunSummary(accountKey: string, counts: RunCounts): string {
  const unsettledCount = counts.totalCount - counts.reconciledCount - counts.unmatchedCount;
  const { unreadableCount = 0, waitingCount = 0 } = counts;
  invariant(unsettledCount >= 0, 'A run cannot settle more deposits than it handled.');
  const rows = [
    [
      'Reconciled:',
      counted(counts.reconciledCount, 'deposit'),
      printRand(counts.reconciledMinor),
      counted(counts.credits, 'credit'),
    ],
    [
      'Unmatched:',
      counted(counts.unmatchedCount, 'deposit'),
      printRand(counts.unmatchedMinor),
      'waiting for review',
    ],
    ...(unreadableCount > 0
      ? [['Unreadable:', counted(unreadableCount, 'row'), 'waiting as cases']]
      : []),
    ...(waitingCount > 0
      ? [['Waiting:', counted(waitingCount, 'row'), 'may be known lines; later reads tell']]
      : []),
    ...(unsettledCount > 0 ? [['Not yet settled:', counted(unsettledCount, 'deposit')]] : []),
    ['Total processed:', counted(counts.totalCount, 'deposit')],
  ];
  const how = counts.hasFailed === true ? 'failed' : 'completed';
  return [`Reconciliation ${how}: ${accountKey}`, ...alignRows(rows)].join('\n');
}

/** `1 deposit`, `12,000 deposits`. */
function counted(count: number | bigint, noun: string): string {
  const digits = count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${digits} ${noun}${digits === '1' ? '' : 's'}`;
}

function alignRows(rows: readonly (readonly string[])[]): readonly string[] {
  const columnCount = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const gap = column === 0 ? 2 : 3;
      return cell.padEnd((widths[column] ?? 0) + gap);
    });
    return `  ${cells.join('')}`.trimEnd();
  });
}
