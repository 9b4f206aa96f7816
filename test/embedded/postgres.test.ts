import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { freePort } from '../../embedded/free-port.ts';
import { type EmbeddedPostgres, startPostgres } from '../../embedded/postgres.ts';
import { isRunning } from '../../embedded/processes.ts';

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, connect_timeout: 5 });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

describe('startPostgres', () => {
  let home: string;
  let dataDir: string;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    home = await throwAwayFolder();
    // macOS keeps user data below "Application Support": blanks and quotes must do no harm.
    dataDir = join(home, "it's a folder");
    await mkdir(dataDir);
    server = await startPostgres({ dataDir, fast: true });
  });
  afterAll(async () => {
    await server.stop();
    await removeThrowAwayFolder(home);
  });

  it("listens only on the loopback address, with a ledger's settings", async () => {
    const settings = await query(
      server.url,
      `select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories',
       'max_connections', 'log_error_verbosity', 'log_parameter_max_length_on_error', 'data_checksums',
       'server_encoding', 'fsync') order by name`,
    );
    expect(settings.map((row) => `${String(row['name'])}=${String(row['setting'])}`)).toEqual([
      'data_checksums=on',
      'fsync=off',
      'listen_addresses=127.0.0.1',
      'log_error_verbosity=terse',
      'log_parameter_max_length_on_error=0',
      'max_connections=100',
      'server_encoding=UTF8',
      'unix_socket_directories=',
    ]);
    const [database] = await query(
      server.url,
      'select datlocprovider, datlocale from pg_database where datname = current_database()',
    );
    expect(database).toEqual({ datlocprovider: 'b', datlocale: 'C.UTF-8' });
  });

  it('refuses connections without the password, which only its user can read', async () => {
    const url = new URL(server.url);
    url.password = 'guessed';
    await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o077).toBe(0);
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o077).toBe(0);
  });

  it('adopts a running server, and restarts it for another port', async () => {
    const second = await startPostgres({ dataDir, fast: true });
    expect(second).toMatchObject({ adopted: true, pid: server.pid, url: server.url });
    const port = await freePort();
    const moved = await startPostgres({ dataDir, fast: true, port });
    expect(moved).toMatchObject({ adopted: false, port });
    expect(isRunning(server.pid)).toBe(false);
    server = moved;
  });

  it('restores data, password and port after a stop', async () => {
    await query(server.url, 'create table kept as select 42 as answer');
    await server.stop();
    const before = server.url;
    server = await startPostgres({ dataDir, fast: true });
    expect(server.url).toBe(before);
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it("starts again after the server was killed, and the old handle's stop does nothing", async () => {
    const killed = server;
    process.kill(killed.pid, 'SIGKILL');
    server = await startPostgres({ dataDir, fast: true });
    expect(server.adopted).toBe(false);
    await killed.stop();
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('returns a server that can be stopped twice', async () => {
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    server = await startPostgres({ dataDir, fast: true });
  });

  it('clears a pid file whose process id another program has reused', async () => {
    const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
    const left = await readFile(pidFile, 'utf8');
    await server.stop();
    await writeFile(pidFile, left.replace(/^\d+/, String(process.pid)));
    const said: string[] = [];
    server = await startPostgres({ dataDir, fast: true, onProgress: (text) => said.push(text) });
    expect(server.adopted).toBe(false);
    expect(said.join()).toContain(`process ${process.pid} is another program`);
  });

  it('refuses a requested port that is busy', async () => {
    await server.stop();
    const port = await freePort();
    const other = createServer().listen({ host: '127.0.0.1', port });
    await once(other, 'listening');
    await expect(startPostgres({ dataDir, fast: true, port })).rejects.toMatchObject({
      code: 'embedded.port_in_use',
    });
    other.close();
    server = await startPostgres({ dataDir, fast: true });
  });

  it('refuses files whose password is lost, and names the next step', async () => {
    await server.stop();
    const passwordFile = join(dataDir, 'postgres', 'password');
    const password = await readFile(passwordFile, 'utf8');
    await rm(passwordFile);
    const starting = startPostgres({ dataDir, fast: true });
    await expect(starting).rejects.toMatchObject({ code: 'embedded.postgres_failed' });
    await expect(starting).rejects.toThrow('to start with an empty database');
    await writeFile(passwordFile, password, { mode: 0o600 });
    server = await startPostgres({ dataDir, fast: true });
  });

  it('refuses a running server of this folder that does not answer, and names it', async () => {
    process.kill(server.pid, 'SIGSTOP');
    try {
      await expect(startPostgres({ dataDir, fast: true })).rejects.toMatchObject({
        code: 'embedded.postgres_failed',
        details: { pid: server.pid },
      });
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
  });
});
