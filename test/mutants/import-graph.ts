import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** For each of `from`, the files that it runs, itself left out, with the number of imports that lie between. */
export function reachOf(
  root: string,
  from: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const known = new Map<string, readonly string[]>();
  const importsOf = (file: string): readonly string[] => {
    const imports = known.get(file) ?? readImports(root, file);
    known.set(file, imports);
    return imports;
  };
  return new Map(from.map((file) => [file, distances(file, importsOf)]));
}

function distances(
  from: string,
  importsOf: (file: string) => readonly string[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let edge: readonly string[] = [from];
  for (let distance = 1; edge.length > 0; distance += 1) {
    const next = new Set(edge.flatMap(importsOf).filter((file) => !found.has(file)));
    for (const file of next) found.set(file, distance);
    edge = [...next];
  }
  return found;
}

function readImports(root: string, file: string): readonly string[] {
  // What is imported as types only does not run.
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^import type [^;]*;/gm, '');
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.') && fileName.endsWith('.ts'))
    .map(({ fileName }) => join(dirname(file), fileName).replaceAll('\\', '/'))
    .filter((path) => existsSync(join(root, path)));
}
