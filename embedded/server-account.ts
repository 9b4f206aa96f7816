import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CodedError } from '../domain/errors.ts';
import { runCommand } from './commands.ts';
import { errnoOf } from './processes.ts';

/** The user that runs Postgres when Purser is root: Postgres refuses to run as root. */
export type ServerAccount = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
};

const ACCOUNT_NAMES = ['postgres', '_postgres', 'nobody'] as const;

/** Null for an ordinary user, who then runs Postgres too. An existing folder keeps its owner. */
export async function chooseServerAccount(existingFolder: string): Promise<ServerAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(existingFolder).catch(() => null);
  if (owner !== null && owner.uid !== 0) {
    return { name: `the user with id ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  }
  for (const name of ACCOUNT_NAMES) {
    const uid = await askId('-u', name);
    const gid = await askId('-g', name);
    if (uid !== null && uid !== 0 && gid !== null) return { name, uid, gid };
  }
  throw new CodedError(
    'embedded.postgres_failed',
    `Postgres refuses to run as root, and this machine has none of the users ${ACCOUNT_NAMES.join(', ')}. ` +
      'Run this command as an ordinary user, create the user postgres, or set DATABASE_URL.',
  );
}

async function askId(flag: '-u' | '-g', name: string): Promise<number | null> {
  const { code, output } = await runCommand('id', [flag, name], { timeoutMs: 5_000 });
  return code === 0 && /^\d+$/.test(output) ? Number(output) : null;
}

/**
 * The first folder on the way to `path` that `account` cannot enter, or null. It reads only mode bits: a server that starts
 * under another user loses extra groups.
 */
export async function firstUnreachableFolder(
  path: string,
  account: Pick<ServerAccount, 'uid' | 'gid'>,
): Promise<string | null> {
  for (const folder of foldersDownTo(path)) {
    const found = await stat(folder).catch(() => null);
    if (found === null) return null;
    const bit = found.uid === account.uid ? 0o100 : found.gid === account.gid ? 0o010 : 0o001;
    if (found.isDirectory() && (found.mode & bit) === 0) return folder;
  }
  return null;
}

/** Creates a folder that only its owner may enter, below a path that the owner can reach. */
export async function makePrivateFolder(
  folder: string,
  account: ServerAccount | null,
): Promise<void> {
  await makeReachableFolder(dirname(folder), account);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  if (account === null) return;
  const found = await lstat(folder);
  if (found.uid === account.uid) return;
  // Only folders that root created get here: an owner other than root is the account itself.
  const { code, output } = await runCommand(
    'chown',
    ['-R', `${account.uid}:${account.gid}`, folder],
    { timeoutMs: 60_000 },
  );
  if (code !== 0) {
    throw new CodedError(
      'embedded.postgres_failed',
      `The folder ${folder} could not be given to ${account.name}: ${output}`,
      { details: { folder } },
    );
  }
}

async function makeReachableFolder(folder: string, account: ServerAccount | null): Promise<void> {
  const unreachable = account === null ? null : await firstUnreachableFolder(folder, account);
  if (account !== null && unreachable !== null) {
    throw new CodedError(
      'embedded.postgres_failed',
      `Postgres runs as ${account.name} (it refuses to run as root), and ${account.name} cannot reach ${folder}: ` +
        `only its owner can enter the folder ${unreachable}. Set PURSER_DATA_DIR to a folder that everyone can reach, ` +
        'such as /var/lib/purser, or run this command as an ordinary user.',
      { details: { folder: unreachable, user: account.name } },
    );
  }
  for (const each of foldersDownTo(folder)) {
    if ((await stat(each).catch(() => null)) !== null) continue;
    await mkdir(each, { recursive: true });
    // A strict umask must not lock the server's user out of its folders.
    if (account !== null) await chmod(each, 0o755);
  }
}

function foldersDownTo(path: string): string[] {
  const folders = [resolve(path)];
  for (;;) {
    const [first = ''] = folders;
    const parent = dirname(first);
    if (parent === first) return folders;
    folders.unshift(parent);
  }
}
