import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A `purser` that a test started, with its output so far. */
export interface RunningPurser {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** The exit code, once it has ended. */
  readonly exit: Promise<unknown>;
}

/** A runner that asks for colours (`FORCE_COLOR`) would put codes between the words that tests look for. */
const PLAIN = { FORCE_COLOR: '0', NO_COLOR: '1' };

/** Runs `purser` in a separate process, as a person does. */
export function startPurser(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningPurser {
  const child = spawn(process.execPath, ['cli/purser.mjs', ...args], {
    env: { ...process.env, ...PLAIN, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exit = once(child, 'close').then(([code]: unknown[]) => code);
  return { child, output, exit };
}

/** As {@link startPurser}, and waits for its end. */
export async function runPurser(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  const { exit, output } = startPurser(args, env);
  return { code: await exit, ...output };
}
