/**
 * `npm run mutants`: makes small mistakes in domain/ and app/credit/, one at a time, and runs the tests that meet them.
 * A mistake that no test notices is printed: a test is missing, or the mistake changes nothing (equal.ts says why).
 *
 * Nothing in the checkout is written: the mistakes are planted while vitest loads the sources, all of them asleep, and
 * each test process switches on one after the other (runner.ts). A mistake that the compiler refuses does not count.
 *
 *   --files domain/ledger   only files whose path begins so; may be given more than once
 *   --limit 200             that many mutants, chosen by chance
 *   --seed 7                of that choice and of the property tests
 *   --seconds 600           stop after so long; what was not tried by then is told and does not count
 *
 * Ends with 1 where a room's score is below its floor (score.ts), or an entry of equal.ts fits nothing any more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listSources } from '../support/repository.ts';
import { judge, staleEntries } from './judge.ts';
import { mutate, type Mutant, type MutatedSource } from './mutate.ts';
import { runTests } from './run-tests.ts';
import { printScores, roomsBelowFloor } from './score.ts';
import { groupsOf } from './tests-of.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', multiple: true, default: ['domain/', 'app/credit/'] },
    limit: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '7200' },
  },
});
const seed = Number(values.seed);
const startedAt = Date.now();
const deadline = startedAt + Number(values.seconds) * 1000;

const texts = new Map(listSources(['.ts']).map(({ path, text }) => [path, text]));
const sources = plant();
const chosen = choose([...sources.values()].flatMap(({ mutants }) => mutants));
say(`${chosen.length} mutants in ${sources.size} files`);
const groups = groupsOf([...texts.keys()], chosen);

const folder = mkdtempSync(join(tmpdir(), 'purser-mutants-'));
try {
  for (const group of groups) {
    if (group.tests.size === 0) continue;
    say(`${group.tests.size} test files`);
    await runTests(group, { folder, sources, seed, deadline, say });
  }
  const judged = judge(folder, chosen, texts);
  const stale =
    chosen.length === [...sources.values()].flatMap((each) => each.mutants).length
      ? staleEntries(judged)
      : [];
  say('done');
  process.stdout.write(printScores(judged));
  for (const { file, text, change } of stale) {
    process.stdout.write(
      `equal.ts names what is no mutant any more: ${file}: ${text}: ${change}\n`,
    );
  }
  const low = roomsBelowFloor(judged);
  for (const line of low) process.stdout.write(`${line}\n`);
  process.exitCode = low.length + stale.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function plant(): ReadonlyMap<string, MutatedSource> {
  const found = new Map<string, MutatedSource>();
  let nextId = 1;
  for (const [path, text] of texts) {
    if (!/^(domain|app\/credit)\//.test(path)) continue;
    if (!values.files.some((start) => path.startsWith(start))) continue;
    const source = mutate(path, text, nextId);
    nextId += source.mutants.length;
    found.set(path, source);
  }
  return found;
}

/** The same seed chooses the same mutants of the same sources. */
function choose(mutants: readonly Mutant[]): readonly Mutant[] {
  const limit = Number(values.limit);
  if (mutants.length <= limit) return mutants;
  let state = seed;
  const keyed = mutants.map((mutant) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return { mutant, key: state };
  });
  return keyed
    .toSorted((a, b) => a.key - b.key)
    .slice(0, limit)
    .map(({ mutant }) => mutant)
    .toSorted((a, b) => a.id - b.id);
}

function say(message: string): void {
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stderr.write(`${seconds} s: ${message}\n`);
}
