import { spawn } from 'node:child_process';

/** Result of a finished command: `code` is null if it was killed, including by the time limit. */
export type CommandResult = {
  readonly code: number | null;
  readonly output: string;
};

export type CommandOptions = {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: { readonly uid: number; readonly gid: number } | null;
  /** Called every ten seconds with the elapsed seconds, so that long work can show progress. */
  readonly onWait?: (seconds: number) => void;
};

const OUTPUT_CHARACTERS_MAX = 100_000;
const WAIT_NOTICE_EVERY_MS = 10_000;

/**
 * Runs a command to its end. Never throws: a command that cannot start has code null and the reason in `output`. The command
 * leads its own process group, so that a time limit also ends its children.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.account ? { uid: options.account.uid, gid: options.account.gid } : {}),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);

    const startedAt = Date.now();
    const notice = setInterval(() => {
      options.onWait?.(Math.round((Date.now() - startedAt) / 1000));
    }, WAIT_NOTICE_EVERY_MS);
    const limit = setTimeout(() => {
      output += `\nstopped: no result after ${options.timeoutMs} ms`;
      killGroup(child.pid);
    }, options.timeoutMs);
    const finish = (code: number | null): void => {
      clearInterval(notice);
      clearTimeout(limit);
      resolve({ code, output: output.trim() });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(null);
    });
    child.once('close', (code) => {
      finish(code);
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // The group had already ended when the time limit was reached.
  }
}

/** The last lines of a text, for messages that quote a log. */
export function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
