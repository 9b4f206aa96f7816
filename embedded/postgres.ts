import { join } from 'node:path';
import postgres from 'postgres';
import { CodedError } from '../domain/errors.ts';
import { lastLines, runCommand } from './commands.ts';
import { choosePort, portInUse, readRememberedPort, rememberPort } from './free-port.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import {
  type ClusterFiles,
  clusterFiles,
  DATABASE,
  ensureCluster,
  isOurPostmaster,
  readPostmaster,
  removeStrangersPidFile,
  serverEnvironment,
  SUPERUSER,
} from './postgres-cluster.ts';
import { isRunning, stopProcess, waitUntil } from './processes.ts';
import { chooseServerAccount, makePrivateFolder, type ServerAccount } from './server-account.ts';
import { logLength, readLogFrom, setLongLogAside } from './server-log.ts';

export type PostgresOptions = {
  /** Purser's data folder; the server's files are in its `postgres/`. */
  readonly dataDir: string;
  /** Default: the previous port if free, else any free one. */
  readonly port?: number;
  /** For tests: does not wait for the disk, so a power cut may lose data. */
  readonly fast?: boolean;
  readonly onProgress?: (message: string) => void;
};

export type EmbeddedPostgres = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** True if a process that died left the server running, and it is used unchanged. */
  readonly adopted: boolean;
  /** Stops the server, adopted or not. Safe to call twice and after the server has died. */
  stop(): Promise<void>;
};

type Cluster = {
  readonly files: ClusterFiles;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | null;
  readonly password: string;
  readonly fast: boolean;
  readonly onProgress: (message: string) => void;
};

const ADOPTION_WAIT_MS = 10_000;
const RESTART_WAIT_MS = 10_000;
const PORT_RACES_MAX = 5;

/** Starts the PostgreSQL of this data folder on 127.0.0.1, or adopts the one already running on it. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options);
  const adopted = await adopt(cluster, options.port);
  const server = adopted ?? (await launch(cluster, options.port));
  await rememberPort(cluster.files.portFile, server.port);
  await ensureDatabase(cluster, server.port);
  let stopping: Promise<void> | null = null;
  return {
    url: urlOf(cluster, server.port, DATABASE),
    port: server.port,
    pid: server.pid,
    adopted: adopted !== null,
    stop: async () => {
      stopping ??= stopServer(cluster, server.pid);
      return stopping;
    },
  };
}

async function openCluster(options: PostgresOptions): Promise<Cluster> {
  const onProgress = options.onProgress ?? (() => undefined);
  const files = clusterFiles(options.dataDir);
  const account = await chooseServerAccount(files.cluster);
  await makePrivateFolder(files.folder, account);
  const binaries = await postgresBinaries({
    copyDir: join(options.dataDir, 'bin'),
    account,
    onProgress,
  });
  const fast = options.fast ?? false;
  const password = await ensureCluster({ files, binaries, account, fast, onProgress });
  return { files, binaries, account, password, fast, onProgress };
}

/** Checks the process in the pid file: uses a healthy server of this cluster, forgets a dead one, refuses a sick one. */
async function adopt(
  cluster: Cluster,
  askedPort: number | undefined,
): Promise<{ pid: number; port: number } | null> {
  const { files } = cluster;
  const found = await readPostmaster(files);
  if (found === null || !isRunning(found.pid)) return null;
  if (!(await isOurPostmaster(files, found.pid))) {
    cluster.onProgress(
      `Removing a stale Postgres pid file (process ${found.pid} is another program).`,
    );
    await removeStrangersPidFile(files);
    return null;
  }
  // It may still be starting or stopping.
  const isSettled = await waitUntil(
    async () => !isRunning(found.pid) || (await answers(cluster)),
    ADOPTION_WAIT_MS,
    100,
  );
  if (!isRunning(found.pid)) return null;
  const port = (await readPostmaster(files))?.port ?? null;
  if (!isSettled || port === null) {
    throw new CodedError(
      'embedded.postgres_failed',
      `Postgres process ${found.pid} already runs on ${files.cluster} but does not answer. ` +
        `Stop it (kill ${found.pid}) and start again; its log is ${files.logFile}.`,
      { details: { pid: found.pid } },
    );
  }
  if (askedPort !== undefined && askedPort !== port) {
    cluster.onProgress(
      `Moving the running Postgres from port ${port} to port ${askedPort} (restart).`,
    );
    await stopServer(cluster, found.pid);
    return null;
  }
  cluster.onProgress(`Using the running Postgres (process ${found.pid}, port ${port}).`);
  return { pid: found.pid, port };
}

/** Only this cluster has the password, and only this data folder has this path. */
async function answers(cluster: Cluster): Promise<boolean> {
  const port = (await readPostmaster(cluster.files))?.port ?? null;
  if (port === null) return false;
  try {
    await withConnection(urlOf(cluster, port, 'postgres'), async (sql) => sql`select 1`);
    return true;
  } catch {
    // Refused, still starting, or shutting down: the caller retries until its deadline.
    return false;
  }
}

async function launch(
  cluster: Cluster,
  askedPort: number | undefined,
): Promise<{ pid: number; port: number }> {
  const { files } = cluster;
  cluster.onProgress('Starting Postgres.');
  await setLongLogAside(files.logFile);
  const deadline = Date.now() + RESTART_WAIT_MS;
  for (let portRaces = 0; ;) {
    const remembered = portRaces === 0 ? await readRememberedPort(files.portFile) : null;
    const port = await choosePort({ server: 'Postgres', asked: askedPort, remembered });
    const logStart = await logLength(files.logFile);
    const { code, output } = await pgCtl(cluster, 'start', 120, [
      ...['-l', files.logFile],
      ...['-o', serverSettings(port, cluster.fast)],
    ]);
    const started = code === 0 ? await readPostmaster(files) : null;
    if (started !== null) return { pid: started.pid, port };

    const log = await readLogFrom(files.logFile, logStart);
    const isPortTaken = /could not bind|address already in use/i.test(log);
    if (isPortTaken && askedPort !== undefined) throw portInUse('Postgres', askedPort);
    if (isPortTaken) portRaces += 1;
    // Sessions of a killed server outlive it briefly and hold its shared memory until they end.
    const isStillLeaving = /pre-existing shared memory|lock file .* already exists/i.test(log);
    const mayRetry = isPortTaken
      ? portRaces < PORT_RACES_MAX
      : isStillLeaving && Date.now() < deadline;
    if (!mayRetry) {
      throw new CodedError(
        'embedded.postgres_failed',
        `Postgres did not start on ${files.cluster}. Its log ${files.logFile} ends with:\n${lastLines(log || output, 6)}`,
        { details: { log: files.logFile } },
      );
    }
  }
}

function serverSettings(port: number, fast: boolean): string {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: "''",
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Values of a failed statement may contain names and references: keep them out of the log.
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    ...(fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

async function pgCtl(
  cluster: Cluster,
  action: 'start' | 'stop',
  waitSeconds: number,
  more: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { files, binaries, account } = cluster;
  return runCommand(
    binaries.pgCtl,
    [action, '-w', '-t', String(waitSeconds), '-D', files.cluster, ...more],
    { timeoutMs: (waitSeconds + 5) * 1000, cwd: files.folder, env: serverEnvironment(), account },
  );
}

/** Fast, then immediate, then SIGKILL: each has a time limit, so a stop always ends. */
async function stopServer(cluster: Cluster, pid: number): Promise<void> {
  for (const [mode, waitSeconds] of [
    ['fast', 15],
    ['immediate', 5],
  ] as const) {
    // Another process may have restarted the cluster meanwhile: do not stop that server.
    if (!isRunning(pid) || (await readPostmaster(cluster.files))?.pid !== pid) break;
    await pgCtl(cluster, 'stop', waitSeconds, ['-m', mode]);
  }
  // The pid file disappears shortly before the process does.
  if (await waitUntil(() => !isRunning(pid), 5_000)) return;
  if (await isOurPostmaster(cluster.files, pid)) await stopProcess(pid, 0);
}

async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  await withConnection(urlOf(cluster, port, 'postgres'), async (sql) => {
    const found = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (found.length === 0) await sql`create database ${sql(DATABASE)}`;
  });
}

async function withConnection(
  url: string,
  use: (sql: postgres.Sql) => Promise<unknown>,
): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => undefined });
  try {
    await use(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}
