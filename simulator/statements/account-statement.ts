import type { Bank } from '../bank.ts';
import type { StatementRow } from '../line.ts';

const FIRST_DAY = '1900-01-01';

/** An account's statement: booked and pending rows, with opening and closing balances. */
export interface AccountStatement {
  readonly accountId: string;
  readonly from: string;
  readonly to: string;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  /** Oldest first. */
  readonly rows: readonly StatementRow[];
}

/** The statement of whole days, both included. */
export function statementOf(
  bank: Bank,
  accountId: string,
  days: { readonly from: string; readonly to: string },
): AccountStatement {
  const all = bank.statement(FIRST_DAY, days.to).toReversed();
  const rows = all.filter(({ line }) => line.bookingDate >= days.from);
  const before = all.filter(({ line }) => line.bookingDate < days.from);
  const openingMinor = lastBalance(before) ?? bank.openingMinor;
  const closingMinor = lastBalance(rows) ?? openingMinor;
  return { accountId, ...days, openingMinor, closingMinor, rows };
}

function lastBalance(rows: readonly StatementRow[]): bigint | null {
  return rows.findLast(({ balanceMinor }) => balanceMinor !== null)?.balanceMinor ?? null;
}
