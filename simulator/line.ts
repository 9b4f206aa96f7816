/**
 * What ought to become of a line once it is booked. `notice` is a zero-amount row, which moves nothing.
 * `reasonHint` is the bank's own word for why a person must look; it is not a review reason of the product.
 */
export interface Expectation {
  readonly outcome: 'credited' | 'in_review' | 'debit' | 'notice';
  readonly code: string | null;
  readonly reasonHint: string | null;
}

/** A line as someone asks the bank to make it. */
export interface LineDraft {
  /** What kind of case this is, for whoever reads the truth: `lower_case`, `cut_code`. */
  readonly kind: string;
  readonly reference: string;
  readonly description: string;
  /** Cents, unsigned. */
  readonly amountMinor: bigint;
  readonly direction: 'credit' | 'debit';
  readonly bookingDate: string;
  readonly status: 'booked' | 'pending';
  /** The bank's id to use as it stands, even blank or taken; null makes a fresh one. */
  readonly id: string | null;
  readonly expectation: Expectation;
}

/** One true line. `key` never changes; `id` is what the bank shows and may be issued anew. */
export interface BankLine extends Omit<LineDraft, 'id'> {
  readonly key: string;
  readonly id: string;
  /** The order in which the bank posted it; 0 while pending. */
  readonly postedOrder: number;
}

/** A line in its statement, with the account's balance after it; null while pending. */
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
