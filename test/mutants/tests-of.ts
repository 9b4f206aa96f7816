import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository.ts';
import { reachOf } from './import-graph.ts';
import type { Mutant } from './mutate.ts';

/** Mutants and the test files that should notice them; told apart by what the tests need. */
export interface Group {
  /** The mutants of each test file; files that run little come first, since they mostly find the same and sooner. */
  readonly tests: ReadonlyMap<string, readonly Mutant[]>;
  readonly needsPostgres: boolean;
}

/**
 * Which tests answer for which mutants: those nearest to the mutated file by their imports. Tests far away, which meet
 * every rule by chance, do not make up for a test of the rule itself. For a use case, whose tests each cost a database,
 * those in its own folder answer, near or far: each of them is about crediting.
 */
export function groupsOf(files: readonly string[], mutants: readonly Mutant[]): readonly Group[] {
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  const [ofDomain, ofUseCases] = [/^test\/domain\//, /^test\/app\/credit\//];
  return [
    groupOf(
      tests.filter((file) => ofDomain.test(file)),
      mutants.filter(({ file }) => file.startsWith('domain/')),
      false,
    ),
    groupOf(
      tests.filter((file) => ofUseCases.test(file)),
      mutants.filter(({ file }) => file.startsWith('app/')),
      true,
    ),
  ];
}

function groupOf(
  candidates: readonly string[],
  mutants: readonly Mutant[],
  needsPostgres: boolean,
): Group {
  const reached = reachOf(ROOT, candidates);
  // A test that needs a database runs about the same code as any other: the short ones are the quick ones.
  const weightOf = (test: string) =>
    needsPostgres ? readFileSync(join(ROOT, test)).length : (reached.get(test)?.size ?? 0);
  const inOrder = candidates.toSorted((a, b) => weightOf(a) - weightOf(b));
  const farOf = (test: string, file: string) => reached.get(test)?.get(file) ?? Infinity;
  const nearest = new Map<string, number>();
  for (const { file } of mutants) {
    if (nearest.has(file)) continue;
    nearest.set(file, Math.min(...candidates.map((test) => farOf(test, file))));
  }
  const tests = inOrder.flatMap((test) => {
    const own = mutants.filter(({ file }) => {
      const far = farOf(test, file);
      return far !== Infinity && (needsPostgres || far === nearest.get(file));
    });
    return own.length === 0 ? [] : [[test, own] as const];
  });
  return { tests: new Map(tests), needsPostgres };
}
