import { isCoded } from '../domain/errors.ts';

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no file',
  EACCES: 'This login may not read',
};

/** What a command says when it cannot go on: a sentence, with the code of docs/errors.md where there is one. */
export function explain(error: unknown): string {
  if (isCoded(error)) return `${error.message} [${error.code}, see docs/errors.md]`;
  if (!(error instanceof Error)) return String(error);
  if (process.env['PURSER_DEBUG']) return error.stack ?? error.message;
  return fileFault(error) ?? error.message;
}

function fileFault(error: NodeJS.ErrnoException): string | null {
  // The read that fails on a folder does not say on which.
  if (error.code === 'EISDIR') return 'A folder is not a file that could be read.';
  const fault = FILE_FAULTS[error.code ?? ''];
  if (fault === undefined) return null;
  return error.path === undefined ? null : `${fault} ${error.path}`;
}
