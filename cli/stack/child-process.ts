import { spawn, type ChildProcess } from 'node:child_process';
import { fstatSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CodedError, ERROR_CODES } from '../../domain/errors.ts';

const PURSER = fileURLToPath(new URL('../purser.mjs', import.meta.url));
const STOP_GRACE_MS = 35_000;
/** A small young generation: these processes wait more than they compute, and memory is what a trial machine lacks. */
const LEAN = '--max-semi-space-size=4';

/** A process of the stack that has reported it is ready. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** The url of its message `{ event: 'ready', url? }`. */
  readonly url: string | null;
  /** Resolves with the exit code when it ends, wanted or not. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, then SIGKILL if it does not end in time. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  /** A command of `purser`, or the file of a separate program. */
  readonly command: readonly string[];
  readonly program?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly readyWithinMs: number;
}

/**
 * Starts a process in its own group, so that Ctrl-C in a terminal reaches only us and we stop all processes in order.
 * The channel between us notifies it when we have died.
 */
export async function startChild(options: ChildOptions): Promise<RunningProcess> {
  const log = openSync(options.logFile, 'a', 0o600);
  const logStart = fstatSync(log).size;
  const child = spawn(process.execPath, [LEAN, options.program ?? PURSER, ...options.command], {
    env: { ...options.env, PURSER_CHILD: '1' },
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => resolve(code)),
  );
  const url = await ready(child, ended, options).catch((error: unknown) => {
    throw failureIn(options, logStart) ?? error;
  });
  return {
    name: options.name,
    pid: child.pid ?? 0,
    url,
    ended,
    stop: () => stopChild(child, ended),
  };
}

function ready(
  child: ChildProcess,
  ended: Promise<number | null>,
  options: ChildOptions,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(
        new CodedError(
          'internal.unexpected',
          `The ${options.name} process ${why}: its log is ${options.logFile}`,
        ),
      );
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('was not ready in time');
    }, options.readyWithinMs);
    void ended.then((code) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? 'a signal'} before it was ready`);
    });
    child.on('message', (message: { readonly event?: string; readonly url?: string }) => {
      if (message.event !== 'ready') return;
      clearTimeout(timer);
      resolve(message.url ?? null);
    });
  });
}

const failureLine = z.looseObject({ code: z.enum(ERROR_CODES), msg: z.string() });

/** The last failure that the process wrote, which says more than its exit code. */
function failureIn({ name, logFile }: ChildOptions, logStart: number): CodedError | null {
  const lines = readFileSync(logFile).subarray(logStart).toString('utf8').trimEnd().split('\n');
  try {
    const failure = failureLine.safeParse(JSON.parse(lines.at(-1) ?? ''));
    return failure.success
      ? new CodedError(
          failure.data.code,
          `The ${name} did not start. ${failure.data.msg} Its log is ${logFile}.`,
        )
      : null;
  } catch {
    // The last line is not one of our log lines.
    return null;
  }
}

async function stopChild(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await ended;
  clearTimeout(timer);
}
