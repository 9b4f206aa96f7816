import { ROOT } from '../support/repository.ts';
import { createCompiler } from './compiler.ts';
import { EQUAL_MUTANTS, type EqualMutant } from './equal.ts';
import type { Mutant } from './mutate.ts';
import { readBaselines, readKills, readUntried } from './trail.ts';

/** `unmet`: no test runs the place. `refused`: the compiler does not let it pass. */
export type Verdict = 'killed' | 'survived' | 'unmet' | 'refused' | 'equal' | 'untried';

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** What became of each mutant, by what the test processes left in the folder. */
export function judge(
  folder: string,
  mutants: readonly Mutant[],
  texts: ReadonlyMap<string, string>,
): readonly Judged[] {
  const killed = new Set(readKills(folder).map(({ id }) => id));
  const untried = readUntried(folder);
  const baselines = readBaselines(folder);
  const met = new Set(
    baselines.flatMap(({ loaded, tests }) => [...loaded, ...tests.flatMap(({ seen }) => seen)]),
  );
  const isRefused = createCompiler(ROOT);
  const verdictOf = (mutant: Mutant): Verdict => {
    const { id, file } = mutant;
    if (killed.has(id)) return 'killed';
    if (equalOf(mutant) !== undefined) return 'equal';
    if (untried.has(id)) return 'untried';
    if (isRefused(mutant, texts.get(file) ?? '')) return 'refused';
    return met.has(id) ? 'survived' : 'unmet';
  };
  return mutants.map((mutant) => ({ mutant, verdict: verdictOf(mutant) }));
}

function equalOf(mutant: Mutant): EqualMutant | undefined {
  return EQUAL_MUTANTS.find(
    ({ file, text, change }) =>
      file === mutant.file && text === mutant.text && change === mutant.change,
  );
}

/** Entries of the list that fit no mutant which survived; only a run over whole files can tell. */
export function staleEntries(judged: readonly Judged[]): readonly EqualMutant[] {
  const files = new Set(judged.map(({ mutant }) => mutant.file));
  const used = new Set(
    judged.filter(({ verdict }) => verdict === 'equal').map(({ mutant }) => equalOf(mutant)),
  );
  return EQUAL_MUTANTS.filter((entry) => files.has(entry.file) && !used.has(entry));
}
