import type { Posting } from './journal.ts';
import { bankPostings } from './suspense.ts';

/**
 * The legs of a captured line: a deposit waits in suspense until its owner is known, a debit is one of the bank account's
 * other movements, and a line of nothing has no journal. The database function `capture_lines` writes these legs together
 * with the lines; a test keeps the two equal.
 */
export function capturePostings(line: {
  readonly bankAccountKey: string;
  /** Signed: below zero for a debit. */
  readonly amountMinor: bigint;
  readonly currency: string;
}): readonly Posting[] {
  if (line.amountMinor === 0n) return [];
  return bankPostings('bank', line.amountMinor > 0n ? 'suspense' : 'bank_other', line);
}
