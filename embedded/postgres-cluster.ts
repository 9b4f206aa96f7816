import { randomBytes } from 'node:crypto';
import {
  chown,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../domain/errors.ts';
import { lastLines, runCommand } from './commands.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { commandOf, errnoOf, isRunning } from './processes.ts';
import type { ServerAccount } from './server-account.ts';

export const SUPERUSER = 'purser';
export const DATABASE = 'purser';

/** The files of one embedded Postgres, all in one folder that only its user may enter. */
export type ClusterFiles = {
  readonly folder: string;
  readonly cluster: string;
  readonly passwordFile: string;
  readonly portFile: string;
  readonly logFile: string;
};

export function clusterFiles(dataDir: string): ClusterFiles {
  const folder = join(dataDir, 'postgres');
  return {
    folder,
    cluster: join(folder, 'cluster'),
    passwordFile: join(folder, 'password'),
    portFile: join(folder, 'port'),
    logFile: join(folder, 'server.log'),
  };
}

/** Postgres reads PG… and locale variables; this passes none of the caller's. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of ['PATH', 'SYSTEMROOT', 'TEMP', 'TMP']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Creates the cluster if there is none; returns the superuser's password. */
export async function ensureCluster(options: {
  readonly files: ClusterFiles;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | null;
  readonly fast: boolean;
  readonly onProgress: (message: string) => void;
}): Promise<string> {
  const { files, account } = options;
  const hasCluster = await exists(join(files.cluster, 'PG_VERSION'));
  await removeDeadDrafts(files.folder);
  if (!hasCluster) {
    options.onProgress('Creating the Postgres database files.');
    await initialise(options);
  }
  try {
    return (await readFile(files.passwordFile, 'utf8')).trim();
  } catch (error) {
    throw new CodedError(
      'embedded.postgres_failed',
      `The Postgres files in ${files.cluster} are there, but their password in ${files.passwordFile} cannot be read ` +
        `by ${account === null ? 'you' : 'root'}. Put it back, or remove ${files.folder} to start with an empty database.`,
      { cause: error },
    );
  }
}

/** Works in a draft folder, then renames it: an existing cluster is always complete. */
async function initialise(options: {
  readonly files: ClusterFiles;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | null;
  readonly fast: boolean;
}): Promise<void> {
  const { files, account } = options;
  await writeFile(files.passwordFile, `${randomBytes(24).toString('base64url')}\n`, {
    mode: 0o600,
  });
  const draft = `${files.cluster}.draft-${process.pid}`;
  await mkdir(draft, { mode: 0o700 });
  if (account !== null) {
    await chown(files.passwordFile, account.uid, account.gid);
    await chown(draft, account.uid, account.gid);
  }
  const { code, output } = await runCommand(
    options.binaries.initdb,
    [
      ...['--pgdata', draft, '--username', SUPERUSER, '--pwfile', files.passwordFile],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'],
      ...['--data-checksums', '--auth=scram-sha-256'],
      ...(options.fast ? ['--no-sync'] : []),
    ],
    { timeoutMs: 120_000, cwd: files.folder, env: serverEnvironment(), account },
  );
  if (code !== 0) {
    await rm(draft, { recursive: true, force: true });
    throw new CodedError(
      'embedded.postgres_failed',
      `Postgres could not create its files in ${files.folder}: ${lastLines(output, 4)}`,
      { details: { folder: files.folder } },
    );
  }
  await rename(draft, files.cluster);
}

async function removeDeadDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^cluster\.draft-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && isRunning(Number(pid)))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The postmaster's data in its pid file. */
export type Postmaster = { readonly pid: number; readonly port: number | null };

export async function readPostmaster(files: ClusterFiles): Promise<Postmaster | null> {
  let text: string;
  try {
    text = await readFile(join(files.cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  const lines = text.split('\n');
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return null;
  const port = Number(lines[3]);
  return { pid, port: Number.isInteger(port) && port > 0 ? port : null };
}

/** True if that process runs and was started on this cluster; the process id alone may have been reused. */
export async function isOurPostmaster(files: ClusterFiles, pid: number): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const command = await commandOf(pid);
  if (command === null) return true;
  const folder = await realpath(files.cluster);
  return command.includes(folder) || command.includes(files.cluster);
}

/** Postgres itself clears the pid file of a dead process, but refuses to start if another program has reused its id. */
export async function removeStrangersPidFile(files: ClusterFiles): Promise<void> {
  await rm(join(files.cluster, 'postmaster.pid'), { force: true });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw new CodedError(
      'embedded.postgres_failed',
      `${path} cannot be read by this user: the data folder belongs to another one. Start Purser as that user, or set PURSER_DATA_DIR.`,
      { cause: error },
    );
  }
}
