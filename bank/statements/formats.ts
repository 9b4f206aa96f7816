import { bai2Reader } from './bai2/read-bai2.ts';
import { camtReader } from './camt/read-camt.ts';
import { csvReaders } from './csv/read-csv.ts';
import { jsonReader } from './json/read-api-answer.ts';
import { mt940Reader } from './mt940/read-mt940.ts';
import { ofxReader } from './ofx/read-ofx.ts';
import type { StatementReader } from './statement-reader.ts';

/** Asked in this order: particular formats before those that take whatever looks a little like theirs. */
export const STATEMENT_READERS: readonly StatementReader[] = [
  mt940Reader,
  ofxReader,
  bai2Reader,
  // Any XML: a camt file that is cut before its namespace must be called cut, and foreign XML is refused by its root.
  camtReader,
  jsonReader,
  ...csvReaders,
];
