import { availableParallelism } from 'node:os';
import { BaseSequencer, startVitest, type TestSpecification } from 'vitest/node';
import { ROOT } from '../support/repository.ts';
import type { MutatedSource } from './mutate.ts';
import type { Group } from './tests-of.ts';
import { FOLDER_VARIABLE, readKills, writePlan } from './trail.ts';

export interface RunOptions {
  readonly folder: string;
  readonly sources: ReadonlyMap<string, MutatedSource>;
  readonly seed: number;
  readonly deadline: number;
  readonly say: (message: string) => void;
}

/** Tests up to this long go first: they find nearly everything. */
const QUICK_MS = 60;
/** A bound on what hangs; runner.ts bounds the work of what runs on and on. */
const TIMEOUT_MS = 600_000;
/** A mutant that takes no lock lets a test wait in vain for somebody who is blocked by it. */
const TIMEOUT_WITH_POSTGRES_MS = 60_000;

/** Tries the mutants on the tests: quick tests first, then the others on what is left. */
export async function runTests(group: Group, options: RunOptions): Promise<void> {
  for (const pass of ['quick', 'slow'] as const) {
    writePlan(options.folder, {
      ids: Object.fromEntries(
        [...group.tests].map(([test, mutants]) => [ROOT + test, mutants.map(({ id }) => id)]),
      ),
      pass,
      quickMs: group.needsPostgres ? TIMEOUT_MS : QUICK_MS,
      seed: options.seed,
      deadline: options.deadline,
    });
    await runOnce(group, options);
    options.say(`${pass} tests: ${readKills(options.folder).length} mutants killed so far`);
    // A database costs more than the test that needs it, so no mutant gets a second one.
    if (group.needsPostgres) return;
  }
}

async function runOnce(group: Group, { folder, sources }: RunOptions): Promise<void> {
  process.env[FOLDER_VARIABLE] = folder;
  const timeout = group.needsPostgres ? TIMEOUT_WITH_POSTGRES_MS : TIMEOUT_MS;
  const vitest = await startVitest(
    'test',
    [],
    {
      config: false,
      root: ROOT,
      watch: false,
      include: [...group.tests.keys()],
      sequence: { sequencer: sequencerOf([...group.tests.keys()]) },
      runner: './test/mutants/runner.ts',
      pool: 'forks',
      maxWorkers: availableParallelism(),
      globalSetup: group.needsPostgres ? ['test/support/postgres-setup.ts'] : [],
      testTimeout: timeout,
      hookTimeout: timeout,
      reporters: [{}],
      silent: true,
    },
    { plugins: [plantMutants(sources)] },
  );
  const [error] = vitest.state.getUnhandledErrors();
  await vitest.close();
  if (error !== undefined) throw new Error('A test process failed.', { cause: error });
}

function plantMutants(sources: ReadonlyMap<string, MutatedSource>) {
  return {
    name: 'mutants',
    enforce: 'pre' as const,
    transform: (_code: string, id: string) => {
      const source = id.startsWith(ROOT) ? sources.get(id.slice(ROOT.length)) : undefined;
      return source === undefined ? null : { code: source.instrumented, map: null };
    },
  };
}

/** Runs the test files in the order given. */
function sequencerOf(tests: readonly string[]) {
  return class extends BaseSequencer {
    override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const placeOf = ({ moduleId }: TestSpecification) =>
        tests.indexOf(moduleId.slice(ROOT.length));
      return Promise.resolve(files.toSorted((a, b) => placeOf(a) - placeOf(b)));
    }
  };
}
