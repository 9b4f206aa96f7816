import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CodedError } from '../../domain/errors.ts';

const SOURCES = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));
const BUILT = fileURLToPath(new URL('../../simulator/main.js', import.meta.url));

/** The simulator bank: a separate program that product code never imports, reached only over HTTP. */
export interface SimulatorProcess {
  readonly url: string;
  readonly pid: number;
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts the simulator bank; `env` holds its `SIMULATOR_…` settings. It ends when we do. */
export async function startSimulator(
  env: Readonly<Record<string, string | undefined>>,
  logFile: string,
): Promise<SimulatorProcess> {
  const log = openSync(logFile, 'a', 0o600);
  const program = existsSync(SOURCES) ? ['--import', 'tsx', SOURCES] : [BUILT];
  const child = spawn(process.execPath, program, {
    env: { ...env, SIMULATOR_EXIT_WITH_PARENT: '1' },
    stdio: ['pipe', 'pipe', log],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => resolve(code)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    void ended.then((code) =>
      reject(
        new CodedError(
          'internal.unexpected',
          `The simulator bank ended with ${code ?? 'a signal'}: its log is ${logFile}`,
        ),
      ),
    );
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) => {
      const message: unknown = JSON.parse(line);
      if (typeof message === 'object' && message !== null && 'url' in message)
        resolve(String(message.url));
    });
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  return { url, pid: child.pid ?? 0, ended, stop };
}

/** The simulator's admin endpoint, for the trial, the demo and the benchmark. */
export function createSimulatorAdmin(url: string, adminKey: string) {
  return async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/admin/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(
        `The simulator bank answered ${response.status} to ${path}: ${await response.text()}`,
      );
    const text = await response.text();
    return text === '' ? null : JSON.parse(text);
  };
}
