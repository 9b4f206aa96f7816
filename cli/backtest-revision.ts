import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import type * as reference from '../domain/reference/reference.ts';
import type * as rules from '../domain/review/rules.ts';
import type { Judge } from './backtest.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The deciding functions; a revision without one of them is too old. */
const decidingCode = z.object({
  DEFAULT_RULES: z.custom<rules.Rules>((value) => typeof value === 'object' && value !== null),
  readReferences: z.custom<typeof reference.readReferences>(isFunction),
  codesToFind: z.custom<typeof rules.codesToFind>(isFunction),
  decideByRules: z.custom<typeof rules.decideByRules>(isFunction),
});

/** Another revision may have reasons that this one does not know. */
const decided = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('wallet'), walletId: z.string() }),
  z.object({ kind: z.literal('review'), reason: z.string() }),
]);

/**
 * Loads the rules of another git revision, with its own code. It runs only the deciding files of its `domain/`, and
 * only if they import nothing else; they stay in a temporary folder until they are loaded.
 * @throws CodedError `request.invalid` without a git clone, if git does not know the revision, or if the revision
 *   cannot decide
 */
export async function loadRevision(revision: string, root = ROOT): Promise<Judge> {
  const git = (args: readonly string[]) => askGit(root, args);
  const commit = resolveCommit(git, revision);
  const code = await load(revision, readSources(git, revision, commit));
  const { DEFAULT_RULES } = code;
  const run = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      const message = `The code of revision ${revision} failed on a deposit of today.`;
      throw new CodedError('request.invalid', message, { cause });
    }
  };
  return {
    rules: null,
    commit,
    read: (texts) => {
      const reading = run(() => code.readReferences(texts));
      return {
        codes: run(() => code.codesToFind(DEFAULT_RULES, reading)),
        decide: (deposit, wallets, objections) =>
          run(() =>
            decided.parse(code.decideByRules(DEFAULT_RULES, deposit, reading, wallets, objections)),
          ),
      };
    },
  };
}

/** The output of git; null if git fails or is not installed. */
type Git = (args: readonly string[]) => string | null;

function resolveCommit(git: Git, revision: string): string {
  if (!import.meta.url.endsWith('.ts') || git(['rev-parse', '--is-inside-work-tree']) === null)
    throw new CodedError(
      'request.invalid',
      '--revision reads another revision out of git: run it from the sources in a git clone (node cli/purser.mjs).',
    );
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const commit = git(args);
  if (commit !== null) return commit.trim();
  throw new CodedError(
    'request.invalid',
    `git knows no revision ${revision} here: name a commit, branch or tag, or fetch it first.`,
  );
}

/** The deciding files of `domain/`; their imports lead to all others. */
const DECIDING = ['review/rules.ts', 'reference/reference.ts'] as const;

/** The deciding files and all their imports, by their path in `domain/`. */
function readSources(git: Git, revision: string, commit: string): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  const wanted: string[] = [...DECIDING];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (sources.has(name)) continue;
    const source = git(['show', `${commit}:./domain/${name}`]);
    if (source === null) throw tooOld(revision, `it has no domain/${name}`);
    sources.set(name, source);
    wanted.push(...importsOf(revision, name, source));
  }
  return sources;
}

const COMMENTS = /\/\*[^]*?\*\/|\/\/.*$/gm;
const OTHER_MEANS =
  /\bimport\s*\(|\bimport\.meta\b|\brequire\s*\(|\b(?:process|globalThis)\b|\b(?:fetch|eval)\s*\(/;

/** The code of a revision may only decide: it has no access to files, servers or this process. */
function importsOf(revision: string, name: string, source: string): readonly string[] {
  // The text with its comments, too: a part of a string may look like a comment.
  const code = source.replaceAll(COMMENTS, ' ');
  const froms = [...`${source}\n${code}`.matchAll(/(?:\bfrom|\bimport)\s*(['"])(.*?)\1/g)];
  const names = froms.map(([, , from = '']) =>
    inDomain(posix.join(posix.dirname(name), from), from),
  );
  if (OTHER_MEANS.test(code) || names.includes(undefined))
    throw new CodedError(
      'request.invalid',
      `domain/${name} of revision ${revision} does more than decide, so it is not run.`,
    );
  return names.filter((each) => each !== undefined);
}

/** A path in `domain/`; undefined if an import names a package or leaves the folder. */
function inDomain(path: string, from: string): string | undefined {
  return from.startsWith('.') && /^([a-z0-9-]+\/)?[a-z0-9-]+\.ts$/.test(path) ? path : undefined;
}

async function load(
  revision: string,
  sources: ReadonlyMap<string, string>,
): Promise<z.infer<typeof decidingCode>> {
  const removal = createRemoval();
  try {
    const folder = removal.folder();
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    for (const [name, source] of sources) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), source);
    }
    const [policy, readings]: readonly unknown[] = await Promise.all(
      DECIDING.map((name): Promise<unknown> => import(pathToFileURL(join(folder, name)).href)),
    );
    const parsed = decidingCode.safeParse({ ...Object(readings), ...Object(policy) });
    if (parsed.success) return parsed.data;
    const lacks = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw tooOld(revision, `it lacks ${lacks}`);
  } finally {
    removal.end();
  }
}

/** A temporary folder that is removed at the end, or by an earlier signal. */
function createRemoval(): { readonly folder: () => string; readonly end: () => void } {
  let folder: string | null = null;
  const remove = () => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = (signal: NodeJS.Signals) => {
    remove();
    for (const name of names) process.off(name, stop);
    // Without a listener the signal ends the process, as its sender expects.
    process.kill(process.pid, signal);
  };
  // Before the folder exists: from here on a signal no longer ends the process automatically.
  for (const name of names) process.on(name, stop);
  return {
    folder: () => (folder = mkdtempSync(join(tmpdir(), 'purser-revision-'))),
    end: () => {
      remove();
      for (const name of names) process.off(name, stop);
    },
  };
}

function tooOld(revision: string, why: string): CodedError {
  return new CodedError(
    'request.invalid',
    `Revision ${revision} cannot decide deposits apart from the rest of Purser: ${why}. Name a later one.`,
  );
}

function askGit(root: string, args: readonly string[]): string | null {
  try {
    return execFileSync('git', [...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return null;
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
