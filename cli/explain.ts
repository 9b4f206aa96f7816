import { toCodedError } from '../db/pg-errors.ts';
import { framesOf, isCoded } from '../domain/errors.ts';

const FILE_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'You may not open this file',
  EEXIST: 'This file exists already',
  ENOENT: 'File not found',
};

/**
 * The message of a command that cannot continue: a sentence, with the code of docs/errors.md if there is one. It never
 * shows an error of the database itself, which quotes statements and their parameters.
 */
export function explain(error: unknown): string {
  const coded = isCoded(error) ? error : toCodedError(error);
  if (coded !== null) return `${coded.message} [${coded.code}, see docs/errors.md]`;
  if (!(error instanceof Error)) return String(error);
  const sentence = fileFault(error) ?? quotesNothing(error);
  return process.env['PURSER_DEBUG'] ? `${sentence}\n${framesOf(error).join('\n')}` : sentence;
}

function fileFault(error: NodeJS.ErrnoException): string | null {
  // The error for reading a folder does not name it.
  if (error.code === 'EISDIR') return 'This is a folder, not a file.';
  const fault = FILE_FAULTS[error.code ?? ''];
  if (fault === undefined) return null;
  return error.path === undefined ? null : `${fault}: ${error.path}`;
}

/** The query builder's own errors begin with the failed statement. */
function quotesNothing(error: Error): string {
  return error.message.startsWith('Failed query:')
    ? 'A query failed unexpectedly: set PURSER_DEBUG=1 to see where.'
    : error.message;
}
