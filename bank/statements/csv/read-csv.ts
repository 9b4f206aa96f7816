import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { parse as parseStrictly } from 'csv-parse/sync';
import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { layOut, recognisesLayout } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';
import { CSV_PROFILES } from './csv-profiles.ts';
import { openCsv } from './csv-source.ts';
import { createCsvStatement, isFirstRow } from './csv-statement.ts';

const ROWS_PER_YIELD = 500;
const ROW_CHARS_MAX = 64 * 1024;

/** The reader of one bank's CSV. */
export function csvReaderOf(profile: CsvProfile): StatementReader {
  return {
    name: `csv.${profile.name}`,
    recognises: (head) => recognisesLayout(head, profile),
    read: (chunks, limits) => readCsv(profile, chunks, limits),
  };
}

export const csvReaders: readonly StatementReader[] = CSV_PROFILES.map(csvReaderOf);

interface CsvRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

async function* readCsv(
  profile: CsvProfile,
  chunks: AsyncIterable<Uint8Array>,
  limits: StatementLimits,
): AsyncGenerator<readonly StatementEvent[]> {
  const layout = layOut(profile);
  const statement = createCsvStatement(profile, layout, limits);
  const source = await openCsv(profile, (row) => isFirstRow(row, profile, layout), chunks, limits);
  const { delimiter } = source;
  const parser = parse({
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    raw: true,
    max_record_size: ROW_CHARS_MAX,
  });
  // Passes an error of the file to the loop below, and closes the file if the loop ends early.
  pipeline(Readable.from(source.text), parser, () => undefined);
  let events: StatementEvent[] = [{ kind: 'file', format: `csv.${profile.name}` }];
  let rows = 0;
  try {
    for await (const { record, raw, info } of parser as AsyncIterable<CsvRecord>) {
      // Blank lines before the row are part of its raw text.
      if (raw.trim().includes('\n')) refuseRunningOn(raw.trim(), delimiter, info.lines);
      events.push(...statement.row(record, info.lines));
      rows += 1;
      if (rows % ROWS_PER_YIELD === 0) {
        yield events;
        events = [];
      }
    }
  } catch (error) {
    throw explain(error);
  }
  yield [...events, ...statement.finish(source.isUnterminated())];
}

/**
 * Quotes inside a cell are text, since payers write them. A cell opened by such a quote and closed by one in another row
 * would swallow the rows between, so a cell of several lines must be quoted correctly.
 */
function refuseRunningOn(raw: string, delimiter: string, line: number): void {
  try {
    parseStrictly(raw, { delimiter, relax_column_count: true });
  } catch {
    throw unreadable(`line ${line}`, 'an open quote spans several lines');
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? statementFault('statement.incomplete', 'file', 'it ends inside quotes')
    : unreadable('file', 'its quotes or columns are invalid');
}
