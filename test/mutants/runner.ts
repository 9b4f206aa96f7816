import fc from 'fast-check';
import {
  TestRunner,
  vi,
  type RunnerTask,
  type RunnerTestCase,
  type RunnerTestFile,
  type RunnerTestSuite,
} from 'vitest';
import { startTests } from 'vitest/internal/browser';
import {
  FOLDER_VARIABLE,
  addKill,
  addUntried,
  readBaseline,
  readPlan,
  watchKills,
  writeBaseline,
  type Baseline,
} from './trail.ts';
import { SWITCH } from './mutate.ts';

/** A mutant that makes a test do this many times its usual work, and this much more, runs forever. */
const HITS_FACTOR = 30;
const HITS_MORE = 300_000;
/** Such a test measures the machine, and the switches slow it down. */
const MEASURES_TIME = /seconds of processor time/;

const NO_MUTANT = -1;

const state = {
  on: NO_MUTANT,
  hits: 0,
  hitsMax: Infinity,
  seen: new Set<number>(),
  notes: true,
};

Object.assign(globalThis, {
  [SWITCH]: (id: number): boolean => {
    state.hits += 1;
    if (state.hits > state.hitsMax) throw new Error('This mutant runs on and on.');
    if (state.notes) state.seen.add(id);
    return state.on === id;
  },
});

/**
 * Runs a test file as it is, then again for each mutant that it meets, in the same process: the modules are loaded anew,
 * with one mutant switched on, and only tests that met it run, until one of them fails.
 */
export class MutantRunner extends TestRunner {
  readonly #folder = process.env[FOLDER_VARIABLE] ?? '';
  readonly #plan = readPlan(this.#folder);
  readonly #killed = watchKills(this.#folder);
  #ids: readonly number[] = [];
  #before: Baseline | null = null;
  readonly #tests: Baseline['tests'][number][] = [];
  #loaded: readonly number[] = [];

  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file);
    fc.configureGlobal({ seed: this.#plan.seed, endOnFailure: true });
    const killed = this.#killed();
    this.#ids = (this.#plan.ids[file.filepath] ?? []).filter((id) => !killed.has(id));
    this.#before = readBaseline(this.#folder, file.filepath);
    state.seen = new Set();
  }

  onCollected(): void {
    this.#loaded = [...state.seen];
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    // The second pass knows already what the first one measured.
    const isOver = this.#before !== null || this.#ids.length === 0;
    if (isOver || MEASURES_TIME.test(test.name)) test.mode = 'skip';
    await super.onBeforeRunTask(test);
    state.seen = new Set();
    state.hits = 0;
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test);
    if (test.mode !== 'run' && test.mode !== 'queued') return;
    this.#tests.push({
      id: test.id,
      ms: test.result?.duration ?? 0,
      hits: state.hits,
      passed: test.result?.state === 'pass',
      seen: [...state.seen],
    });
  }

  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite);
    if (suite.file.id === suite.id) await this.#runMutants(suite.file.filepath);
  }

  async #runMutants(filepath: string): Promise<void> {
    const found = this.#before ?? { loaded: this.#loaded, tests: this.#tests };
    if (this.#ids.length === 0) return;
    if (this.#before === null) writeBaseline(this.#folder, filepath, found);
    state.notes = false;
    // Without a mistake the second run must be as the first one was, or kills would prove nothing.
    const control = await this.#firstFailure(
      filepath,
      found,
      NO_MUTANT,
      found.tests.filter(({ passed }) => passed),
    );
    if (control !== null)
      throw new Error(`A second run of ${filepath} fails by itself: ${control}`);
    for (const id of this.#ids) {
      const tests = this.#testsOf(found, id);
      if (tests.length === 0 || this.#killed().has(id)) continue;
      if (Date.now() > this.#plan.deadline) {
        addUntried(this.#folder, id);
        continue;
      }
      const killer = await this.#firstFailure(filepath, found, id, tests);
      if (killer !== null) addKill(this.#folder, { id, test: killer });
    }
    state.on = NO_MUTANT;
  }

  #testsOf({ loaded, tests }: Baseline, id: number): Baseline['tests'] {
    const isQuick = this.#plan.pass === 'quick';
    return tests.filter(
      ({ passed, seen, ms }) =>
        passed &&
        ms <= this.#plan.quickMs === isQuick &&
        (seen.includes(id) || loaded.includes(id)),
    );
  }

  async #firstFailure(
    filepath: string,
    found: Baseline,
    id: number,
    tests: Baseline['tests'],
  ): Promise<string | null> {
    const wanted = new Map(tests.map((test) => [test.id, test.hits]));
    const known = new Set(found.tests.map((test) => test.id));
    const failed: string[] = [];
    const quiet = Object.assign(Object.create(this) as TestRunner, {
      onTaskUpdate: () => Promise.resolve(),
      onCollectStart: () => undefined,
      onCollected: () => undefined,
      onAfterRunFiles: () => undefined,
      onBeforeRunSuite: (suite: RunnerTestSuite) => super.onBeforeRunSuite(suite),
      onAfterRunSuite: (suite: RunnerTestSuite) => super.onAfterRunSuite(suite),
      onBeforeRunTask: (test: RunnerTestCase) => {
        const isNew = !known.has(test.id) && !MEASURES_TIME.test(test.name);
        if (failed.length > 0 || !(wanted.has(test.id) || isNew)) test.mode = 'skip';
        state.hits = 0;
        state.hitsMax = (wanted.get(test.id) ?? 0) * HITS_FACTOR + HITS_MORE;
      },
      onAfterRunTask: (test: RunnerTestCase) => {
        if (test.result?.state === 'fail' || state.hits > state.hitsMax) failed.push(test.name);
        state.hitsMax = Infinity;
      },
    });
    vi.resetModules();
    state.on = id;
    state.hits = 0;
    state.hitsMax = HITS_MORE;
    const files = await startTests([filepath], quiet);
    state.on = NO_MUTANT;
    state.hitsMax = Infinity;
    return failed[0] ?? (files.some(hasFailed) ? 'the file itself' : null);
  }
}

function hasFailed(task: RunnerTask): boolean {
  return (
    task.result?.state === 'fail' || ('tasks' in task && task.tasks.some((each) => hasFailed(each)))
  );
}

export { MutantRunner as default };
