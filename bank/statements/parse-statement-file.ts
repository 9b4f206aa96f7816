import type {
  Statement,
  StatementFile,
  StatementFormat,
  StatementLine,
  StatementWarning,
} from '../../domain/line/statement.ts';
import { invariant } from '../../domain/invariant.ts';
import type { CsvProfile } from './csv/csv-profile.ts';
import { csvReaderOf } from './csv/read-csv.ts';
import { STATEMENT_READERS } from './formats.ts';
import { STATEMENT_LIMITS, statementFault, type StatementLimits } from './statement-fault.ts';
import type { StatementEvent } from './statement-reader.ts';
import { headText } from './text-lines.ts';

const HEAD_BYTES = 4096;

/** Caps, and the format if the user names it (`--format`): a reader's name. */
export interface ParseOptions extends Partial<StatementLimits> {
  readonly format?: string;
  /** The user's own CSV layout: it reads the file, whatever the content looks like. */
  readonly profile?: CsvProfile;
}

/**
 * Reads a statement file of any supported format, recognised by its content and never by its name, as a stream of events
 * whose memory does not grow with the file. A file is read whole or refused whole: no event counts before the stream ends.
 * The statement reports failed proofs; they do not throw.
 * @throws CodedError `statement.unknown_format` · `statement.unreadable` · `statement.incomplete`, each with
 * `details.where`; no message quotes the file.
 */
export async function* readStatementEvents(
  chunks: AsyncIterable<Uint8Array>,
  { format, profile, ...limits }: ParseOptions = {},
): AsyncGenerator<readonly StatementEvent[]> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const begun: Uint8Array[] = [];
    let bytes = 0;
    while (bytes < HEAD_BYTES) {
      const next = await iterator.next();
      if (next.done === true) break;
      begun.push(next.value);
      bytes += next.value.length;
    }
    if (bytes === 0) throw statementFault('statement.incomplete', 'file', 'it is empty');
    const reader =
      profile === undefined ? chooseReader(Buffer.concat(begun), format) : csvReaderOf(profile);
    yield* reader.read(resume(begun, iterator), { ...STATEMENT_LIMITS, ...limits });
  } finally {
    await iterator.return?.();
  }
}

function chooseReader(begun: Buffer, format: string | undefined) {
  const head = headText(begun.subarray(0, HEAD_BYTES));
  const reader = STATEMENT_READERS.find((each) =>
    format === undefined ? each.recognises(head) : each.name === format,
  );
  if (reader !== undefined) return reader;
  throw statementFault(
    'statement.unknown_format',
    'file',
    format === undefined
      ? 'unrecognised statement format'
      : 'the requested format is not supported',
  );
}

/**
 * Reads a file as `readStatementEvents` does and keeps it whole.
 * @throws CodedError as `readStatementEvents`
 */
export async function parseStatementFile(
  chunks: AsyncIterable<Uint8Array>,
  options: ParseOptions = {},
): Promise<StatementFile> {
  let format: StatementFormat | null = null;
  let lines: StatementLine[] = [];
  const statements: Statement[] = [];
  const warnings: StatementWarning[] = [];
  for await (const events of readStatementEvents(chunks, options)) {
    for (const event of events) {
      if (event.kind === 'file') format = event.format;
      else if (event.kind === 'line') lines.push(event.line);
      else if (event.kind === 'warning') warnings.push(event.warning);
      else {
        statements.push({ ...event.statement, lines });
        lines = [];
      }
    }
  }
  invariant(format !== null && lines.length === 0, 'A reader left its last statement open.');
  return { format, statements, warnings };
}

async function* resume(
  begun: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* begun;
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) return;
    yield next.value;
  }
}
