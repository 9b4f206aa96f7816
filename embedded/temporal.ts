import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { CodedError } from '../domain/errors.ts';
import { lastLines } from './commands.ts';
import {
  choosePort,
  isListening,
  portInUse,
  readRememberedPort,
  rememberPort,
} from './free-port.ts';
import { isRunning, startMarkOf, stopProcess, waitUntil } from './processes.ts';
import { logLength, readLogFrom, setLongLogAside } from './server-log.ts';
import {
  isServing,
  readLivingRecord,
  removeRecord,
  type ServerRecord,
  type TemporalFiles,
  temporalFiles,
  writeRecord,
} from './temporal-server.ts';

export type TemporalOptions = {
  /** The Temporal command line from `findTemporalBinary`. */
  readonly binary: string;
  /** Purser's data folder; the server's files are in its `temporal/`. */
  readonly dataDir: string;
  /** Default: the previous port if free, else any free one; likewise `uiPort`. */
  readonly port?: number;
  readonly uiPort?: number;
  /** Without the web UI. */
  readonly headless?: boolean;
  readonly searchAttributes: Readonly<Record<string, 'Keyword' | 'Datetime'>>;
  /** Limits of the server other than its own, by their names in its dynamic configuration. */
  readonly limits?: Readonly<Record<string, number>>;
  readonly onProgress?: (message: string) => void;
};

export type EmbeddedTemporal = {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly pid: number;
  /** True if a process that died left the server running, and it is used unchanged. */
  readonly adopted: boolean;
  /** Stops the server, adopted or not. Safe to call twice and after the server has died. */
  stop(): Promise<void>;
};

type Task = {
  readonly options: TemporalOptions;
  readonly files: TemporalFiles;
  readonly attributeNames: readonly string[];
  readonly onProgress: (message: string) => void;
};

const START_WAIT_MS = 60_000;
const ADOPTION_WAIT_MS = 10_000;
const STOP_GRACE_MS = 10_000;
const PORT_RACES_MAX = 5;

/** Starts the Temporal dev server of this data folder on 127.0.0.1, or adopts the one already running on it. */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const files = temporalFiles(options.dataDir);
  const task: Task = {
    options,
    files,
    attributeNames: Object.keys(options.searchAttributes),
    onProgress: options.onProgress ?? (() => undefined),
  };
  await mkdir(files.folder, { recursive: true });
  await chmod(files.folder, 0o700);
  const adopted = await adopt(task);
  const server = adopted ?? (await launch(task));
  await rememberPort(files.portFile, server.port);
  if (server.uiPort !== null) await rememberPort(files.uiPortFile, server.uiPort);
  let stopping: Promise<void> | null = null;
  return {
    address: addressOf(server.port),
    uiUrl: server.uiPort === null ? null : `http://127.0.0.1:${server.uiPort}`,
    pid: server.pid,
    adopted: adopted !== null,
    stop: async () => {
      stopping ??= stopServer(files, server);
      return stopping;
    },
  };
}

/** Uses a healthy server with the requested ports; replaces any other server of this data folder, which is ours too. */
async function adopt(task: Task): Promise<ServerRecord | null> {
  const { files, options, attributeNames } = task;
  const record = await readLivingRecord(files);
  if (record === null) {
    await removeRecord(files);
    return null;
  }
  const isAsAsked =
    (options.port ?? record.port) === record.port &&
    (options.headless === true
      ? record.uiPort === null
      : record.uiPort !== null && (options.uiPort ?? record.uiPort) === record.uiPort);
  const isHealthy =
    isAsAsked &&
    (await waitUntil(
      async () => !isRunning(record.pid) || (await isReadyOn(record.port, attributeNames)),
      ADOPTION_WAIT_MS,
      100,
    ));
  if (isHealthy && isRunning(record.pid)) {
    task.onProgress(
      `Using the running Temporal server (process ${record.pid}, port ${record.port}).`,
    );
    return record;
  }
  task.onProgress(
    `Replacing the Temporal server left running (process ${record.pid}, port ${record.port}): ` +
      (isAsAsked ? 'it does not respond correctly.' : 'you asked for other ports.'),
  );
  await stopServer(files, record);
  return null;
}

async function launch(task: Task): Promise<ServerRecord> {
  const { files, options } = task;
  task.onProgress('Starting the Temporal server.');
  for (let tries = 1; ; tries += 1) {
    const port = await choosePort({
      server: 'Temporal',
      asked: options.port,
      remembered: tries === 1 ? await readRememberedPort(files.portFile) : null,
    });
    const uiPort = options.headless === true ? null : await chooseUiPort(task, tries);
    await setLongLogAside(files.logFile);
    const logStart = await logLength(files.logFile);
    const child = spawnServer(task, port, uiPort);
    const outcome = await waitForServer(task, child, port, uiPort);
    if (outcome !== null) return outcome;

    const log = await readLogFrom(files.logFile, logStart);
    const isPortTaken = /address already in use|can't set (ui )?port|port .* in use/i.test(log);
    const taken = [options.port, options.uiPort].find(
      (asked) => asked !== undefined && log.includes(`:${asked}`),
    );
    if (isPortTaken && taken !== undefined) throw portInUse('Temporal', taken);
    if (isPortTaken && tries < PORT_RACES_MAX) continue;
    throw new CodedError(
      'embedded.temporal_failed',
      `The Temporal server (${options.binary}) did not start on ${files.database}. ` +
        `Its log ${files.logFile} ends with:\n${lastLines(log, 6)}`,
      { details: { log: files.logFile } },
    );
  }
}

async function chooseUiPort(task: Task, tries: number): Promise<number> {
  return choosePort({
    server: 'The Temporal UI',
    asked: task.options.uiPort,
    remembered: tries === 1 ? await readRememberedPort(task.files.uiPortFile) : null,
  });
}

/** In its own process group: Ctrl-C in a terminal reaches only Purser, which stops the worker before the server. */
function spawnServer(task: Task, port: number, uiPort: number | null): ChildProcess {
  const { files, options } = task;
  const log = openSync(files.logFile, 'a', 0o600);
  try {
    const child = spawn(
      options.binary,
      [
        ...['server', 'start-dev', '--db-filename', files.database],
        // Without these two it waits for the disk at each step and is several times slower.
        ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
        ...['--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'],
        ...(uiPort === null
          ? ['--headless']
          : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)]),
        ...Object.entries(options.searchAttributes).flatMap(([name, type]) => [
          '--search-attribute',
          `${name}=${type}`,
        ]),
        ...Object.entries(options.limits ?? {}).flatMap(([name, value]) => [
          '--dynamic-config-value',
          `${name}=${value}`,
        ]),
      ],
      {
        cwd: files.folder,
        detached: true,
        windowsHide: true,
        stdio: ['ignore', log, log],
        env: environmentWithoutTemporal(),
      },
    );
    // The server must not keep a finished process alive.
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Null if the server exited; the record is written at once, so that the server of a killed parent can be found. */
async function waitForServer(
  task: Task,
  child: ChildProcess,
  port: number,
  uiPort: number | null,
): Promise<ServerRecord | null> {
  const { pid } = child;
  if (pid === undefined) {
    const reported: readonly unknown[] = await once(child, 'error');
    const error = reported[0];
    throw new CodedError(
      'embedded.temporal_failed',
      `The Temporal command line ${task.options.binary} could not be run: ${String(error)}`,
      { cause: error },
    );
  }
  const { binary } = task.options;
  const record = { pid, startMark: await startMarkOf(pid), port, uiPort, binary };
  await writeRecord(task.files, record);
  const isReady = await waitUntil(
    async () => !isRunning(pid) || (await isReadyOn(port, task.attributeNames)),
    START_WAIT_MS,
    50,
  );
  if (isReady && isRunning(pid)) return record;
  await stopServer(task.files, record);
  return null;
}

/** gRPC pauses for a second after a refused connection, so ask only once something listens. */
async function isReadyOn(port: number, attributeNames: readonly string[]): Promise<boolean> {
  return (await isListening(port)) && (await isServing(addressOf(port), attributeNames));
}

async function stopServer(files: TemporalFiles, record: ServerRecord): Promise<void> {
  const living = await readLivingRecord(files);
  // Another process may have started a new server meanwhile: do not stop that one.
  if (living?.pid !== record.pid) return;
  await stopProcess(record.pid, STOP_GRACE_MS);
  await removeRecord(files);
}

/** Variables meant for clients would point the command line at another server or namespace. */
function environmentWithoutTemporal(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return Object.fromEntries(own);
}

function addressOf(port: number): string {
  return `127.0.0.1:${port}`;
}
