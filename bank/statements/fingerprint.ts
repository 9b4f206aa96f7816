import { createHash } from 'node:crypto';
import type { StatementLine } from '../../domain/line/statement.ts';

/** What a statement says, as a hash that tells it from every other, however many lines it has. */
export interface StatementPrint {
  addLine(line: StatementLine): void;
  /** Adds what is said of the whole and ends the print. */
  digest(head: readonly (string | bigint | null)[]): string;
}

const PIECE_CHARS = 32_768;

/** Two statements of an account may share an id at careless banks, so that a print is of balances and lines too. */
export function createPrint(): StatementPrint {
  const hash = createHash('sha256');
  // Taken in pieces that are worth the call.
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
