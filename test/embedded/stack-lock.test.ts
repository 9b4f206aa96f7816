import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { lockStack } from '../../embedded/stack-lock.ts';

describe('lockStack', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await throwAwayFolder();
  });
  afterEach(async () => removeThrowAwayFolder(dataDir));

  it('refuses a second stack while the first runs, and names its process and the next step', async () => {
    const lock = await lockStack(dataDir);
    const second = lockStack(dataDir);
    await expect(second).rejects.toMatchObject({
      code: 'embedded.locked',
      details: { pid: process.pid },
    });
    await expect(second).rejects.toThrow(`kill ${process.pid}`);
    await lock.release();
  });

  it("frees the lock on release, and a second release does not free the next holder's", async () => {
    const first = await lockStack(dataDir);
    await first.release();
    const second = await lockStack(dataDir);
    await first.release();
    await expect(lockStack(dataDir)).rejects.toMatchObject({ code: 'embedded.locked' });
    await second.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('takes over from a dead process, with a message', async () => {
    await leaveLockOf(await deadProcess(), dataDir);
    const said: string[] = [];
    const lock = await lockStack(dataDir, (message) => said.push(message));
    expect(said.join()).toMatch(/Took over .* process \d+, which has ended/);
    await lock.release();
  });

  it('takes over when another program has reused the process id', async () => {
    const lock = await lockStack(dataDir);
    const file = join(dataDir, 'stack.lock');
    const mine = await readFile(file, 'utf8');
    const { startMark: markOfMine } = await holderOf(dataDir);
    await lock.release();
    await writeFile(
      file,
      mine.replace(/"startMark":"[^"]*"/, '"startMark":"of an earlier process"'),
    );
    const taken = await lockStack(dataDir);
    const { pid, startMark } = await holderOf(dataDir);
    expect({ pid, startMark }).toEqual({ pid: process.pid, startMark: markOfMine });
    await taken.release();
  });

  it('takes over an unreadable lock', async () => {
    await writeFile(join(dataDir, 'stack.lock'), '{"pid":');
    const taken = await lockStack(dataDir);
    expect(await holderOf(dataDir)).toMatchObject({ pid: process.pid });
    await taken.release();
  });

  it('gives a stale lock to exactly one of many takers', async () => {
    await leaveLockOf(await deadProcess(), dataDir);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockStack(dataDir)));
    const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(['stack.lock']);
  });
});

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

/** What the lock file says of the process that holds it. */
async function holderOf(dataDir: string): Promise<{ pid: number; startMark: string | null }> {
  return JSON.parse(await readFile(join(dataDir, 'stack.lock'), 'utf8')) as {
    pid: number;
    startMark: string | null;
  };
}

async function leaveLockOf(pid: number, dataDir: string): Promise<void> {
  const holder = { pid, startMark: null, token: 'gone', lockedAt: '2026-01-01T00:00:00.000Z' };
  await writeFile(join(dataDir, 'stack.lock'), JSON.stringify(holder));
}
