import { Client, Connection } from '@temporalio/client';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { freePort } from '../../embedded/free-port.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { isRunning, waitUntil } from '../../embedded/processes.ts';
import { lockStack } from '../../embedded/stack-lock.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { type EmbeddedTemporal, startTemporal } from '../../embedded/temporal.ts';

const searchAttributes = { DepositState: 'Keyword', ReviewDueAt: 'Datetime' } as const;

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

describe('startTemporal', () => {
  let dataDir: string;
  let binary: string;
  let server: EmbeddedTemporal;

  beforeAll(async () => {
    dataDir = await throwAwayFolder();
    const cacheDir = dataFolder(process.env);
    ({ path: binary } = await findTemporalBinary({ env: process.env, cacheDir }));
    server = await startTemporal({ binary, dataDir, searchAttributes });
  });
  afterAll(async () => {
    await server.stop();
    await removeThrowAwayFolder(dataDir);
  });

  it('serves the UI and registers the search attributes', async () => {
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
    const known = await withClient(server.address, async (client) =>
      client.connection.operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    expect(Object.keys(known.customAttributes)).toEqual(
      expect.arrayContaining(['DepositState', 'ReviewDueAt']),
    );
  });

  it('adopts a running server', async () => {
    const second = await startTemporal({ binary, dataDir, searchAttributes });
    expect(second).toMatchObject({ adopted: true, pid: server.pid, address: server.address });
  });

  it('keeps workflows and ports across a restart', async () => {
    await withClient(server.address, async (client) =>
      client.workflow.start('deposit', { workflowId: 'deposit/test/1', taskQueue: 'nobody' }),
    );
    await server.stop();
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    const before = server;
    server = await startTemporal({ binary, dataDir, searchAttributes });
    expect(server).toMatchObject({ adopted: false, address: before.address, uiUrl: before.uiUrl });
    const found = await withClient(server.address, async (client) =>
      client.workflow.getHandle('deposit/test/1').describe(),
    );
    expect(found.status.name).toBe('RUNNING');
  });

  it('replaces a server by one without a UI on request, and keeps workflows even after a kill', async () => {
    const before = server;
    process.kill(before.pid, 'SIGKILL');
    server = await startTemporal({ binary, dataDir, searchAttributes });
    expect(server.adopted).toBe(false);
    const headless = await startTemporal({ binary, dataDir, searchAttributes, headless: true });
    expect(isRunning(server.pid)).toBe(false);
    await before.stop();
    server = headless;
    expect(server).toMatchObject({ adopted: false, uiUrl: null });
    const found = await withClient(server.address, async (client) =>
      client.workflow.getHandle('deposit/test/1').describe(),
    );
    expect(found.status.name).toBe('RUNNING');
  });

  it('starts a new server when the recorded process id belongs to another program', async () => {
    const recordFile = join(dataDir, 'temporal', 'server.json');
    const record = await readFile(recordFile, 'utf8');
    await server.stop();
    await writeFile(recordFile, record.replace(/"pid":\d+/, `"pid":${process.pid}`));
    server = await startTemporal({ binary, dataDir, searchAttributes, headless: true });
    expect(server.adopted).toBe(false);
  });

  it('refuses a requested port that is busy, for the server and for the UI', async () => {
    await server.stop();
    const port = await freePort();
    const other = createServer().listen({ host: '127.0.0.1', port });
    await once(other, 'listening');
    for (const ports of [{ port }, { uiPort: port }]) {
      await expect(
        startTemporal({ binary, dataDir, searchAttributes, ...ports }),
      ).rejects.toMatchObject({ code: 'embedded.port_in_use', details: { port } });
    }
    other.close();
  });

  it('reports why a program that cannot serve failed', async () => {
    const starting = startTemporal({ binary: process.execPath, dataDir, searchAttributes });
    await expect(starting).rejects.toMatchObject({ code: 'embedded.temporal_failed' });
    await expect(starting).rejects.toThrow('server.log');
  });
});

describe('a stack whose process was killed', () => {
  it('leaves its servers and lock to the next start, which adopts and then stops them', async () => {
    const dataDir = await throwAwayFolder();
    const script = new URL('support/hold-servers.ts', import.meta.url).pathname;
    const holder = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const announced: readonly unknown[] = await once(holder.stdout, 'data');
    const pids: unknown = JSON.parse(String(announced[0]));
    await expect(lockStack(dataDir)).rejects.toMatchObject({ code: 'embedded.locked' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    const said: string[] = [];
    const lock = await lockStack(dataDir, (text) => said.push(text));
    expect(said.join()).toContain('Took over');
    const postgres = await startPostgres({ dataDir, fast: true });
    const { path: binary } = await findTemporalBinary({
      env: process.env,
      cacheDir: dataFolder(process.env),
    });
    const temporal = await startTemporal({ dataDir, binary, searchAttributes: {} });
    expect([postgres.adopted, temporal.adopted]).toEqual([true, true]);
    expect({ postgres: postgres.pid, temporal: temporal.pid }).toEqual(pids);

    await Promise.all([postgres.stop(), temporal.stop()]);
    await lock.release();
    expect(
      await waitUntil(() => !isRunning(postgres.pid) && !isRunning(temporal.pid), 300_000),
    ).toBe(true);
    await removeThrowAwayFolder(dataDir);
  });
});
