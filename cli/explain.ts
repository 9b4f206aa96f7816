import { toCodedError } from '../db/pg-errors.ts';
import { isCoded } from '../domain/errors.ts';

const FILE_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'You may not open this file',
  EEXIST: 'This file exists already',
  ENOENT: 'File not found',
};

/**
 * What a command says when it cannot continue: a sentence, with the code of docs/errors.md where there is one. What
 * the database threw never appears as it is: it quotes statements and their parameters.
 */
export function explain(error: unknown): string {
  const coded = isCoded(error) ? error : toCodedError(error);
  if (coded !== null) return `${coded.message} [${coded.code}, see docs/errors.md]`;
  if (!(error instanceof Error)) return String(error);
  const sentence = fileFault(error) ?? quotesNothing(error);
  return process.env['PURSER_DEBUG'] ? `${sentence}\n${framesOf(error)}` : sentence;
}

function fileFault(error: NodeJS.ErrnoException): string | null {
  // Reading a folder fails without its name.
  if (error.code === 'EISDIR') return 'This is a folder, not a file.';
  const fault = FILE_FAULTS[error.code ?? ''];
  if (fault === undefined) return null;
  return error.path === undefined ? null : `${fault}: ${error.path}`;
}

/** The message, which a stack begins with, may quote a statement. */
function framesOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .join('\n');
}

/** The query builder's own errors begin with the statement that failed. */
function quotesNothing(error: Error): string {
  return error.message.startsWith('Failed query:')
    ? 'A query failed unexpectedly: set PURSER_DEBUG=1 to see where.'
    : error.message;
}
