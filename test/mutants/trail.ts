import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Environment variable with the folder in which the command and its test processes leave each other word. */
export const FOLDER_VARIABLE = 'PURSER_MUTANTS_FOLDER';

/** What the command asks of its test processes. */
export interface Plan {
  /** Numbers of the mutants to try, by the test file's path. */
  readonly ids: Readonly<Record<string, readonly number[]>>;
  /** Tests that take longer are left to the second pass, for what the first one did not find. */
  readonly pass: 'quick' | 'slow';
  readonly quickMs: number;
  /** Of property tests, so that a run can be had again. */
  readonly seed: number;
  /** When to begin no more mutants, as `Date.now()` tells it. */
  readonly deadline: number;
}

/** What a test file did without any mutant. */
export interface Baseline {
  /** Mutants met while the file and what it imports were loaded. */
  readonly loaded: readonly number[];
  readonly tests: readonly {
    readonly id: string;
    readonly ms: number;
    readonly hits: number;
    readonly passed: boolean;
    readonly seen: readonly number[];
  }[];
}

/** A mutant that a test noticed. */
export interface Kill {
  readonly id: number;
  readonly test: string;
}

const PLAN = 'plan.json';
const KILLS = 'kills.jsonl';
const UNTRIED = 'untried.txt';

export function writePlan(folder: string, plan: Plan): void {
  writeFileSync(join(folder, PLAN), JSON.stringify(plan));
}

export function readPlan(folder: string): Plan {
  return JSON.parse(readFileSync(join(folder, PLAN), 'utf8')) as Plan;
}

function baselinePath(folder: string, testFile: string): string {
  return join(folder, `${testFile.replaceAll(/[^A-Za-z0-9]+/g, '-')}.baseline.json`);
}

export function writeBaseline(folder: string, testFile: string, baseline: Baseline): void {
  writeFileSync(baselinePath(folder, testFile), JSON.stringify(baseline));
}

/** Null where the file has not run yet. */
export function readBaseline(folder: string, testFile: string): Baseline | null {
  const path = baselinePath(folder, testFile);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Baseline) : null;
}

/** All that test files did without any mutant. */
export function readBaselines(folder: string): readonly Baseline[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.baseline.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Baseline);
}

/** Says that time ran out before some test file tried the mutant. */
export function addUntried(folder: string, id: number): void {
  appendFileSync(join(folder, UNTRIED), `${id}\n`);
}

export function readUntried(folder: string): ReadonlySet<number> {
  const path = join(folder, UNTRIED);
  return new Set(existsSync(path) ? readFileSync(path, 'utf8').split('\n').map(Number) : []);
}

export function addKill(folder: string, kill: Kill): void {
  appendFileSync(join(folder, KILLS), `${JSON.stringify(kill)}\n`);
}

export function readKills(folder: string): readonly Kill[] {
  const path = join(folder, KILLS);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Kill);
}

/** Mutants that any process has killed so far; reads the file again only when it has grown. */
export function watchKills(folder: string): () => ReadonlySet<number> {
  let size = -1;
  let ids: ReadonlySet<number> = new Set();
  return () => {
    const path = join(folder, KILLS);
    const now = existsSync(path) ? statSync(path).size : 0;
    if (now !== size) {
      size = now;
      ids = new Set(readKills(folder).map(({ id }) => id));
    }
    return ids;
  };
}
