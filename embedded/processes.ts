import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from './commands.ts';

/** True if a process with this id runs. A zombie does not: it only waits for a parent that may never collect it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that it runs and belongs to another user.
    return errnoOf(error) === 'EPERM';
  }
  return linuxStat(pid)?.state !== 'Z';
}

/** The command line of a process, or null if this platform does not show it. */
export async function commandOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return null;
    }
  }
  return askPs(pid, 'command=');
}

/** Distinguishes a process from a later one with the same id; null if this platform does not support it. */
export async function startMarkOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return linuxStat(pid)?.startTicks ?? null;
  return askPs(pid, 'lstart=');
}

/** Asks a process to end, then kills it; returns once it is gone. True if it was killed. */
export async function stopProcess(pid: number, graceMs: number): Promise<boolean> {
  if (!sendSignal(pid, 'SIGTERM')) return false;
  if (await waitUntil(() => !isRunning(pid), graceMs)) return false;
  sendSignal(pid, 'SIGKILL');
  await waitUntil(() => !isRunning(pid), 5_000);
  return true;
}

/** Waits for a condition; false if it is still unmet after `timeoutMs`. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 25,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await delay(everyMs);
  }
}

/** The operating system's code of a failed call, such as ENOENT; null for any other error. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
    throw error;
  }
}

/** Fields 3 and 22 of the kernel's record; the name in field 2 may contain blanks and parentheses. */
function linuxStat(pid: number): { readonly state: string; readonly startTicks: string } | null {
  if (process.platform !== 'linux') return null;
  try {
    const record = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = record.slice(record.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
  } catch {
    return null;
  }
}

async function askPs(pid: number, column: string): Promise<string | null> {
  if (process.platform === 'win32') return null;
  const { code, output } = await runCommand('ps', ['-ww', '-o', column, '-p', String(pid)], {
    timeoutMs: 5_000,
  });
  return code === 0 && output !== '' ? output : null;
}
