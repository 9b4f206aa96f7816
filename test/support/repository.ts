import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SKIPPED = new Set(['.git', 'coverage', 'dist', 'node_modules']);

export interface SourceFile {
  /** From the root, with `/` on every platform. */
  readonly path: string;
  readonly text: string;
}

/** A file of the repository as text. */
export function readRepositoryFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n');
}

/** Every file of the repository with one of these endings, in a fixed order, without installed and built files. */
export function listSources(endings: readonly string[]): readonly SourceFile[] {
  return listPaths('')
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readRepositoryFile(path) }));
}

function listPaths(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}${entry.name}`;
      return entry.isDirectory() ? listPaths(`${path}/`) : [path];
    });
}

/** The cells of the Markdown table below a heading, header first, without its separator row. */
export function readTable(markdown: string, heading: string): readonly (readonly string[])[] {
  const [, below = ''] = markdown.split(`\n${heading}\n`);
  const lines = below.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest
    .slice(0, end)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter((_, index) => index !== 1);
}
