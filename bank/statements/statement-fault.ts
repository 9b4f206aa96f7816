import type { Currency } from '../../domain/money/money.ts';
import { CodedError } from '../../domain/errors.ts';

/** `pending`: they wait for the bank's next statement; `booked`: they are money. */
export type ProvisionalEntries = 'pending' | 'booked';

/** Caps on the cost of a file, which tests lower, and what is known of its account. */
export interface StatementLimits {
  /** Currency of the account, for a file whose rows are in several; else the first row's. */
  readonly currency?: Currency;
  /** What entries of a part count as that the bank calls provisional; `booked` if this or the profile says so. */
  readonly provisional?: ProvisionalEntries;
  /** A person accepts a statement that closes with an interim balance: the rest of its day is in no file. */
  readonly acceptsOpenEnd?: boolean;
  readonly fileBytesMax: number;
  /** Entries plus parts of batches. */
  readonly entriesMax: number;
}

export const STATEMENT_LIMITS: StatementLimits = {
  fileBytesMax: 2 * 1024 * 1024 * 1024,
  entriesMax: 2_000_000,
};

type FaultCode = 'statement.unreadable' | 'statement.incomplete' | 'statement.unknown_format';

/**
 * A reason to refuse the whole file. `where` is a human-readable place (`statement 1, entry 3, Amt`); neither it nor the
 * message quotes a value from the file.
 */
export function statementFault(code: FaultCode, where: string, why: string): CodedError {
  return new CodedError(code, `Cannot read the file at ${where}: ${why}.`, { details: { where } });
}

export function unreadable(where: string, why: string): CodedError {
  return statementFault('statement.unreadable', where, why);
}
