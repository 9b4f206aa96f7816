import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { CodedError } from '../domain/errors.ts';
import { firstUnreachableFolder } from './server-account.ts';

const THROW_AWAY_PREFIX = 'purser-';

/**
 * Folder of this machine's trial data: `PURSER_DATA_DIR`, else for root a system folder (Postgres then runs as another user,
 * who cannot enter root's home), else the platform's folder for user data.
 */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env['PURSER_DATA_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (process.getuid?.() === 0) return '/var/lib/purser';
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification says to ignore a relative path.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'purser');
  const home = env['HOME'] ?? homedir();
  if (process.platform === 'darwin') {
    return join(home, 'Library', 'Application Support', 'purser');
  }
  if (process.platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'purser');
  }
  return join(home, '.local', 'share', 'purser');
}

/** A new empty folder for one run, reachable by the user that runs Postgres. */
export async function throwAwayFolder(): Promise<string> {
  const folder = await mkdtemp(join(await reachableTemporaryFolder(), THROW_AWAY_PREFIX));
  await chmod(folder, 0o755);
  return folder;
}

/** Removes only a folder made by {@link throwAwayFolder}. */
export async function removeThrowAwayFolder(folder: string): Promise<void> {
  if (!basename(folder).startsWith(THROW_AWAY_PREFIX)) {
    throw new CodedError(
      'internal.unexpected',
      `${folder} is not a throw-away folder: it was not removed.`,
    );
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function reachableTemporaryFolder(): Promise<string> {
  if (process.getuid?.() !== 0) return tmpdir();
  const stranger = { uid: -1, gid: -1 };
  for (const folder of [tmpdir(), '/tmp', '/var/tmp']) {
    if ((await firstUnreachableFolder(folder, stranger)) === null) return folder;
  }
  return tmpdir();
}
