import { readFileSync } from 'node:fs';
import { ERROR_CODES, type ErrorCode } from '../domain/errors.ts';
import { invariant } from '../domain/invariant.ts';

/** The explanation of one error code, as docs/errors.md has it. */
export interface ErrorExplanation {
  /** Markdown, in one line. */
  readonly whatHappened: string;
  readonly whatToDo: string;
}

/** Reads docs/errors.md, which a build carries beside the code. A code that it does not explain stops the start. */
export function readErrorCatalogue(): ReadonlyMap<ErrorCode, ErrorExplanation> {
  const text = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  const sections = new Map(
    text
      .replaceAll('\r\n', '\n')
      .split('\n## ')
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
  );
  return new Map(
    ERROR_CODES.map((code) => {
      const section = sections.get(code) ?? '';
      const explanation = {
        whatHappened: paragraph(section, 'What happened'),
        whatToDo: paragraph(section, 'What to do'),
      };
      invariant(
        explanation.whatHappened !== '' && explanation.whatToDo !== '',
        `docs/errors.md does not explain ${code}.`,
      );
      return [code, explanation];
    }),
  );
}

/** The text behind a bold label, up to the next label or the end. Links become their text: their targets are files. */
function paragraph(section: string, label: string): string {
  const [, after = ''] = section.split(`**${label}.**`);
  const [own = ''] = after.split(/\n\*\*/);
  return own
    .replaceAll(/\[([^\]]+)\]\(([^)#\s]+)[^)]*\)/g, (_, words: string, target: string) =>
      words.includes(target) ? words : `${words} (docs/${target})`,
    )
    .replaceAll(/\s+/g, ' ')
    .trim();
}
