import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSettings } from '../../simulator/settings.ts';
import { startBank } from './support/bank-client.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LISTENING = z.strictObject({ event: z.literal('listening'), url: z.string() });
const SETTINGS = {
  SIMULATOR_API_KEY: 'key-1',
  SIMULATOR_ADMIN_KEY: 'admin-1',
  SIMULATOR_ACCOUNT_ID: 'account-1',
};

type Bank = ChildProcessByStdio<Writable, Readable, Readable>;
let children: Bank[] = [];
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

function start(env: Record<string, string>): Bank {
  const child = spawn(process.execPath, ['--import', 'tsx', join('simulator', 'main.ts')], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function urlOf(bank: Bank): Promise<string> {
  for await (const line of createInterface(bank.stdout)) {
    return LISTENING.parse(JSON.parse(line)).url;
  }
  throw new Error('The bank ended before it listened.');
}

// A process starts slowly on a machine that is busy with other tests.
describe('the simulator process', () => {
  it('prints its loopback URL, and stops cleanly on SIGTERM while a request hangs', async () => {
    const bank = start(SETTINGS);
    const url = await urlOf(bank);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
    await fetch(`${url}/admin/faults`, {
      method: 'POST',
      headers: { authorization: 'Bearer admin-1', 'content-type': 'application/json' },
      body: '{"mode":"hang"}',
    });
    const path = '/transactions?accountId=account-1&from=2026-01-01&to=2026-01-01';
    const hanging = fetch(`${url}${path}`, { headers: { authorization: 'Bearer key-1' } }).catch(
      () => 'cut',
    );
    bank.kill('SIGTERM');
    expect(await once(bank, 'exit')).toEqual([0, null]);
    expect(await hanging).toBe('cut');
  });

  it('ends when its parent is gone, by option', async () => {
    const bank = start({ ...SETTINGS, SIMULATOR_EXIT_WITH_PARENT: '1' });
    await urlOf(bank);
    bank.stdin.end();
    expect(await once(bank, 'exit')).toEqual([0, null]);
  });

  it('names a busy port and exits with 1', async () => {
    const holder = await startBank();
    const second = start({ ...SETTINGS, SIMULATOR_PORT: new URL(holder.url).port });
    const [exit, message] = await Promise.all([
      once(second, 'exit'),
      once(second.stderr.setEncoding('utf8'), 'data'),
    ]);
    await holder.simulator.close();
    expect(exit).toEqual([1, null]);
    expect(message).toEqual([expect.stringContaining('EADDRINUSE')]);
  });
});

describe('the check of simulator settings', () => {
  it('reports all faults in one error', () => {
    const faulty = { SIMULATOR_PORT: '70000', SIMULATOR_WEBHOOK_SECRET: 'plain' };
    expect(() => readSettings(faulty)).toThrow(
      /SIMULATOR_PORT.*SIMULATOR_API_KEY.*SIMULATOR_ADMIN_KEY.*SIMULATOR_ACCOUNT_ID.*SIMULATOR_WEBHOOK_SECRET/,
    );
  });
});
