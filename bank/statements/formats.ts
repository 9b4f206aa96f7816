import type { StatementFile } from '../../domain/statement.ts';
import { readCamt } from './camt/read-camt.ts';
import type { StatementLimits } from './statement-fault.ts';

/** How one family of formats is told by its content and read. A new format is one more entry in the list. */
interface StatementReader {
  readonly name: string;
  /** @param head the first bytes of the file, up to 4 KiB, without a byte order mark, one character a byte. */
  recognises(head: string): boolean;
  /** Reads the file from its first byte to its last, or refuses it whole. */
  read(chunks: AsyncIterable<Uint8Array>, limits: StatementLimits): Promise<StatementFile>;
}

/** Asked in this order: particular formats before those that take whatever looks a little like theirs. */
export const STATEMENT_READERS: readonly StatementReader[] = [
  // Any XML: a camt file that is cut before its namespace must be called cut, and foreign XML is refused by its root.
  { name: 'camt', recognises: (head) => /^\s*</.test(head), read: readCamt },
];
