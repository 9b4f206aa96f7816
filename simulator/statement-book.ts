import type { BankLine, StatementRow } from './line.ts';

export const OPENING_MINOR = 1_000_000n;

/** The account's statement, rebuilt whenever its lines change. */
export interface StatementBook {
  /** Both days included, newest first. */
  readonly read: (from: string, to: string) => readonly StatementRow[];
  readonly balanceMinor: () => bigint;
  /** Call after every change of a line. */
  readonly forget: () => void;
}

export function createStatementBook(lines: () => readonly BankLine[]): StatementBook {
  let written: readonly StatementRow[] | null = null;
  // A range is read page by page, so its rows are kept until a line changes.
  let latest: { readonly range: string; readonly rows: readonly StatementRow[] } | null = null;

  const whole = () => (written ??= write(lines()));
  return {
    read(from, to) {
      const range = `${from}/${to}`;
      if (latest?.range !== range) {
        const rows = whole().filter(
          ({ line }) => line.bookingDate >= from && line.bookingDate <= to,
        );
        latest = { range, rows };
      }
      return latest.rows;
    },
    balanceMinor: () =>
      whole().find(({ balanceMinor }) => balanceMinor !== null)?.balanceMinor ?? OPENING_MINOR,
    forget() {
      written = null;
      latest = null;
    },
  };
}

/** Orders lines by day and posting and computes the running balance; the result is newest first. */
function write(lines: readonly BankLine[]): readonly StatementRow[] {
  const oldestFirst = [...lines].sort((one, other) => {
    if (one.bookingDate !== other.bookingDate) return one.bookingDate < other.bookingDate ? -1 : 1;
    if (one.status !== other.status) return one.status === 'booked' ? -1 : 1;
    return one.postedOrder - other.postedOrder;
  });
  let balance = OPENING_MINOR;
  const rows = oldestFirst.map((line): StatementRow => {
    if (line.status === 'pending') return { line, balanceMinor: null };
    balance += line.direction === 'credit' ? line.amountMinor : -line.amountMinor;
    return { line, balanceMinor: balance };
  });
  return rows.reverse();
}
