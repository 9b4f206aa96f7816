import type { StatementLimits } from '../statement-fault.ts';
import { readTextLines } from '../text-lines.ts';
import { delimiterOf, isSeparatorLine, type CsvDelimiter } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';

export interface CsvSource {
  readonly delimiter: CsvDelimiter;
  /** Whole lines, each with its line end. */
  readonly text: AsyncGenerator<string>;
  /** Known only at the end: the last line had no line end, so it may be cut off. */
  readonly isUnterminated: () => boolean;
}

/**
 * Opens a CSV as text and finds the delimiter of the first row that `isFirstRow` accepts. No line is dropped, so line
 * numbers in messages are right.
 */
export async function openCsv(
  profile: CsvProfile,
  isFirstRow: (cells: readonly string[]) => boolean,
  chunks: AsyncIterable<Uint8Array>,
  limits: StatementLimits,
): Promise<CsvSource> {
  const stretches = readTextLines(chunks, limits.fileBytesMax);
  const begun: (readonly string[])[] = [];
  let isUnterminated = false;
  let rows = 0;
  let delimiter = profile.delimiter ?? null;
  const next = async (): Promise<readonly string[] | null> => {
    const result = await stretches.next();
    if (result.done === true) return null;
    const { firstNumber, lines } = result.value;
    ({ isUnterminated } = result.value);
    return lines.map((line, index) =>
      firstNumber + index === 1 && isSeparatorLine(line) ? '' : withOneQuote(line, profile),
    );
  };
  while (delimiter === null && rows <= profile.preambleRows + 1) {
    const lines = await next();
    if (lines === null) break;
    begun.push(lines);
    for (const line of lines) {
      if (line.trim() !== '') rows += 1;
      delimiter ??= delimiterOf(line, profile, isFirstRow);
      if (delimiter !== null || rows > profile.preambleRows + 1) break;
    }
  }
  return {
    delimiter: delimiter ?? ',',
    isUnterminated: () => isUnterminated,
    text: resume(begun, next, () => stretches.return(undefined)),
  };
}

async function* resume(
  begun: readonly (readonly string[])[],
  next: () => Promise<readonly string[] | null>,
  close: () => Promise<unknown>,
): AsyncGenerator<string> {
  try {
    for (const lines of begun) yield textOf(lines);
    for (let lines = await next(); lines !== null; lines = await next()) yield textOf(lines);
  } finally {
    await close();
  }
}

function textOf(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The parser supports one kind of quote: `'` around a cell becomes `"`. */
function withOneQuote(line: string, { quote }: CsvProfile): string {
  if (quote === '"') return line;
  return line.replaceAll(
    /(^|[,;\t|]) *'(.{0,2000}?)'(?= *(?:[,;\t|]|$))/g,
    (_, before: string, text: string) => `${before}"${text.replaceAll('"', '""')}"`,
  );
}
