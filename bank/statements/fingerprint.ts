import { createHash } from 'node:crypto';
import type { StatementLine } from '../../domain/line/statement.ts';

/** A hash of a statement's content that identifies it, however many lines it has. */
export interface StatementFingerprint {
  addLine(line: StatementLine): void;
  /** Adds the statement-level values and returns the fingerprint. */
  digest(head: readonly (string | bigint | null)[]): string;
}

const PIECE_CHARS = 32_768;

/** Some banks give two statements of an account the same id, so the fingerprint includes balances and lines. */
export function createFingerprint(): StatementFingerprint {
  const hash = createHash('sha256');
  // Hashed in pieces large enough to be worth a call.
  let waiting = '';
  return {
    addLine({ bankId, bookingDate, amountMinor, direction, references }) {
      waiting += `${bankId ?? ''}\n${bookingDate}\n${amountMinor.toString()}\n${direction}\n${references.join('\n')}\n\n`;
      if (waiting.length < PIECE_CHARS) return;
      hash.update(waiting);
      waiting = '';
    },
    digest: (head) =>
      hash
        .update(waiting)
        .update(JSON.stringify(head.map(String)))
        .digest('hex'),
  };
}
