import type { StatementFile } from '../../domain/statement.ts';
import { STATEMENT_READERS } from './formats.ts';
import { STATEMENT_LIMITS, statementFault, type StatementLimits } from './statement-fault.ts';

const HEAD_BYTES = 4096;

/**
 * Reads a statement file of any format that we know, told by its content and never by its name. A file is read
 * whole or refused whole. Failed proofs are reported in the statement and do not throw.
 * @throws CodedError `statement.unknown_format` · `statement.unreadable` · `statement.incomplete`, each with
 * `details.where`; no message quotes the file.
 */
export async function parseStatementFile(
  chunks: AsyncIterable<Uint8Array>,
  limits: Partial<StatementLimits> = {},
): Promise<StatementFile> {
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
    const head = Buffer.concat(begun)
      .subarray(0, HEAD_BYTES)
      .toString('latin1')
      .replace(/^\u00ef\u00bb\u00bf/, '');
    const reader = STATEMENT_READERS.find((each) => each.recognises(head));
    if (reader === undefined) {
      throw statementFault(
        'statement.unknown_format',
        'file',
        'it is in none of the formats that we read',
      );
    }
    return await reader.read(resume(begun, iterator), { ...STATEMENT_LIMITS, ...limits });
  } finally {
    await iterator.return?.();
  }
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
