import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../embedded/commands.ts';
import { freePort } from '../../embedded/free-port.ts';
import { chooseServerAccount } from '../../embedded/server-account.ts';

const FOLDER = '/usr/lib/postgresql';

/** The programs of the PostgreSQL versions that Debian's packages have installed here, by version. */
export function installedServers(): readonly { readonly version: string; readonly bin: string }[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .sort()
    .map((version) => ({ version, bin: join(FOLDER, version, 'bin') }))
    .filter(({ bin }) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')));
}

/** Starts an installed server on a temporary folder, and answers its superuser connection. */
export async function startInstalled(
  bin: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'purser-installed-'));
  const account = await chooseServerAccount(folder);
  const cluster = join(folder, 'cluster');
  await chmod(folder, 0o755);
  await mkdir(cluster, { mode: 0o700 });
  if (account !== null)
    for (const each of [folder, cluster]) await chown(each, account.uid, account.gid);
  const run = async (program: string, ...args: readonly string[]) => {
    const { code, output } = await runCommand(join(bin, program), [...args, '-D', cluster], {
      timeoutMs: 120_000,
      cwd: folder,
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] },
      account,
    });
    if (code !== 0) throw new Error(`${program} ended with code ${code ?? 'none'}: ${output}`);
  };
  await run('initdb', '-U', 'purser', '-E', 'UTF8', '--auth=trust', '--no-sync');
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  await run('pg_ctl', 'start', '-w', '-l', join(folder, 'server.log'), '-o', settings);
  return {
    url: `postgres://purser@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await run('pg_ctl', 'stop', '-w', '-m', 'immediate');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
