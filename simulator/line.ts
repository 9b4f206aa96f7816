/**
 * Expected outcome of a line once booked. `notice` is a zero-amount row, which moves nothing. `reasonHint` is the
 * simulator's own word for why a person must look, not a review reason of the product.
 */
export interface Expectation {
  readonly outcome: 'credited' | 'in_review' | 'debit' | 'notice';
  readonly code: string | null;
  readonly reasonHint: string | null;
}

/** A requested line. */
export interface LineDraft {
  /** Kind of case, for readers of the truth: `lower_case`, `cut_code`. */
  readonly kind: string;
  readonly reference: string;
  readonly description: string;
  /** Cents, unsigned. */
  readonly amountMinor: bigint;
  readonly direction: 'credit' | 'debit';
  readonly bookingDate: string;
  readonly status: 'booked' | 'pending';
  /** The bank's id, used as is, even blank or taken; null creates one. */
  readonly id: string | null;
  readonly expectation: Expectation;
}

/** One true line. `key` never changes; `id` is the one that the bank shows, which it may re-issue. */
export interface BankLine extends Omit<LineDraft, 'id'> {
  readonly key: string;
  readonly id: string;
  /** The order in which the bank posted it; 0 while pending. */
  readonly postedOrder: number;
}

/** A line of a statement, with the account's balance after it; null while pending. */
export interface StatementRow {
  readonly line: BankLine;
  readonly balanceMinor: bigint | null;
}

export function credited(code: string): Expectation {
  return { outcome: 'credited', code, reasonHint: null };
}

export function inReview(reasonHint: string): Expectation {
  return { outcome: 'in_review', code: null, reasonHint };
}

export const DEBIT: Expectation = { outcome: 'debit', code: null, reasonHint: null };
export const NOTICE: Expectation = { outcome: 'notice', code: null, reasonHint: null };
