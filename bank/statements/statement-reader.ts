import type {
  Statement,
  StatementFormat,
  StatementLine,
  StatementWarning,
} from '../../domain/line/statement.ts';
import type { StatementLimits } from './statement-fault.ts';

/** A statement without its lines, known at its end. */
export type StatementSummary = Omit<Statement, 'lines'>;

/**
 * A reader's events, in this order: `file` once, then for each statement its lines and the `statement` that closes it. A
 * warning may come anywhere. No event counts until the reading ends without an error: a file is read whole or refused whole.
 */
export type StatementEvent =
  | { readonly kind: 'file'; readonly format: StatementFormat }
  | { readonly kind: 'line'; readonly line: StatementLine }
  | { readonly kind: 'statement'; readonly statement: StatementSummary }
  | { readonly kind: 'warning'; readonly warning: StatementWarning };

/** Recognises one family of formats by content and reads it. A new format is one more entry in `formats.ts`. */
export interface StatementReader {
  /** Value of `--format`: `camt`, `mt940`, `csv.absa`. */
  readonly name: string;
  /** @param head the first bytes of the file, up to 4 KiB, without a byte order mark, one character per byte. */
  recognises(head: string): boolean;
  /**
   * Reads the file from its first byte to its last, or refuses it whole. Yields about once per chunk of input, so that
   * memory does not grow with the file and the caller sets the pace.
   * @throws CodedError `statement.unreadable` · `statement.incomplete`, with `details.where`
   */
  read(
    chunks: AsyncIterable<Uint8Array>,
    limits: StatementLimits,
  ): AsyncGenerator<readonly StatementEvent[]>;
}
