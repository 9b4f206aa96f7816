import type {
  Statement,
  StatementFormat,
  StatementLine,
  StatementWarning,
} from '../../domain/line/statement.ts';
import type { StatementLimits } from './statement-fault.ts';

/** A statement without its lines: what its end tells. */
export type StatementSummary = Omit<Statement, 'lines'>;

/**
 * What a reader tells while it reads, in this order: `file` once, then for each statement its lines and its `statement`,
 * which closes it. A warning may come anywhere. Nothing of it is true before the reading has ended without an
 * error: a file is read whole or refused whole.
 */
export type StatementEvent =
  | { readonly kind: 'file'; readonly format: StatementFormat }
  | { readonly kind: 'line'; readonly line: StatementLine }
  | { readonly kind: 'statement'; readonly statement: StatementSummary }
  | { readonly kind: 'warning'; readonly warning: StatementWarning };

/** How one family of formats is told by its content and read. A new format is one more entry in `formats.ts`. */
export interface StatementReader {
  /** What `--format` takes: `camt`, `mt940`, `csv.absa`. */
  readonly name: string;
  /** @param head the first bytes of the file, up to 4 KiB, without a byte order mark, one character a byte. */
  recognises(head: string): boolean;
  /**
   * Reads the file from its first byte to its last, or refuses it whole. One yield for about one chunk of input, so
   * that memory does not grow with the file and the caller sets the pace.
   * @throws CodedError `statement.unreadable` · `statement.incomplete`, with `details.where`
   */
  read(
    chunks: AsyncIterable<Uint8Array>,
    limits: StatementLimits,
  ): AsyncGenerator<readonly StatementEvent[]>;
}
