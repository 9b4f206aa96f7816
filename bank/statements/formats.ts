import { bai2Reader } from './bai2/read-bai2.ts';
import { camtReader } from './camt/read-camt.ts';
import { csvReaders } from './csv/read-csv.ts';
import { jsonReader } from './json/read-api-answer.ts';
import { mt940Reader } from './mt940/read-mt940.ts';
import { ofxReader } from './ofx/read-ofx.ts';
import type { StatementReader } from './statement-reader.ts';

/** Tried in this order: strict formats before those that accept anything similar. */
export const STATEMENT_READERS: readonly StatementReader[] = [
  mt940Reader,
  ofxReader,
  bai2Reader,
  // Takes any XML: a camt file cut off before its namespace must be reported as cut off, and other XML is refused by its root.
  camtReader,
  jsonReader,
  ...csvReaders,
];
