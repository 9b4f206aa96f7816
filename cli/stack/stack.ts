import { mkdirSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../config.ts';
import { CodedError } from '../../domain/errors.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { isPortFree } from '../../embedded/free-port.ts';
import { storeFourEyesAbove } from '../../db/store-four-eyes.ts';
import { dataFolder } from '../../embedded/data-folder.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { lockStack } from '../../embedded/stack-lock.ts';
import { startTemporal } from '../../embedded/temporal.ts';
import { checkConfiguredAccount } from '../../worker/bank-account-settings.ts';
import { bundleWorkflows } from '../../worker/bundle-workflows.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract.ts';
import { withDatabase } from '../environment.ts';
import { START_TRIAL } from '../invocation.ts';
import { startChild, type RunningProcess } from './child-process.ts';
import { migrateTrial } from './migrate-trial.ts';
import { trialSecrets, type TrialSecrets } from './secrets.ts';
import {
  createSimulatorAdmin,
  startSimulator,
  type SimulatorProcess,
} from './simulator-process.ts';
import { stackFile, type StackRecord } from './stack-record.ts';
import { trialFeed, type TrialFeedName } from './trial-feeds.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface StackOptions {
  readonly env: Environment;
  readonly dataDir: string;
  /** Free ports instead of the well-known ones, so that a demo runs beside a trial. */
  readonly freePorts: boolean;
  readonly simulatorSeed: string;
  /** The protocol of the simulator bank. */
  readonly feed: TrialFeedName;
  readonly onProgress: (message: string) => void;
}

/** A running trial. */
export interface Stack {
  /** The environment of its processes: with it, every command reaches this stack. */
  readonly env: Environment;
  readonly dataDir: string;
  readonly apiUrl: string;
  readonly temporalUiUrl: string | null;
  /** Null if the environment describes a real bank. */
  readonly simulator: SimulatorProcess | null;
  readonly secrets: TrialSecrets;
  readonly processes: { readonly worker: RunningProcess; readonly api: RunningProcess };
  /** Resolves with the name of the first process that ended unasked. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
}

const TRIAL_ACCOUNT = { id: 'SIM-ACCOUNT-1', name: 'Simulator Bank' };

/** Named after the bank whose protocol it uses, so that every report names the bank that you asked for. */
const accountKeyOf = (feed: TrialFeedName) => `${feed === 'json' ? 'fnb' : feed}-main`;

/**
 * Starts PostgreSQL, Temporal, the simulator bank, the API and the worker, in this order, each unless the environment
 * names your own server. If one part fails, the parts before it are stopped again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, onProgress } = options;
  const stops: (() => Promise<void>)[] = [];
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    for (const each of stops.reverse()) await each();
  };
  try {
    const lock = await lockStack(dataDir, onProgress);
    stops.push(() => lock.release());
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    if (!options.freePorts) await refuseBusyPort(options.env);
    const bundling = writeBundle(dataDir);
    bundling.catch(() => undefined);
    const servers = await startServers(options, stops);
    const workflowBundle = await bundling;
    const secrets = trialSecrets(dataDir);
    const simulator =
      options.env['BANK_API_ENABLED'] === 'true' ? null : await startBank(options, secrets, stops);
    const env = processEnvironment(options, { ...servers, secrets, simulator, workflowBundle });
    onProgress('Migrating the database');
    const migrationUrl = env['MIGRATION_DATABASE_URL'] ?? env['DATABASE_URL'] ?? '';
    await migrateTrial(migrationUrl, options.env['DATABASE_URL'] ? null : dataDir);
    // The worker asks again; here it is asked before the API answers anybody.
    const config = loadConfig(env);
    await storeFourEyesAbove(migrationUrl, config.FOUR_EYES_ABOVE);
    await withDatabase(config, ({ db }) => checkConfiguredAccount(db, config));
    onProgress('Starting the API and the worker');
    const [api, worker] = await startProcesses(dataDir, env, stops);
    const apiUrl = api.url ?? '';
    const record: StackRecord = { env: pick(env), apiUrl, dataDir };
    writeFileSync(stackFile(dataDir), JSON.stringify(record), { mode: 0o600 });
    stops.push(() => rm(stackFile(dataDir), { force: true }));
    const broken = Promise.race(
      [api, worker].map(async (each) => {
        await each.ended;
        return each.name;
      }),
    );
    return {
      env,
      dataDir,
      apiUrl,
      temporalUiUrl: servers.temporalUiUrl,
      simulator,
      secrets,
      processes: { worker, api },
      broken,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Checked before anything starts, so that the message comes at once and names the next step. */
async function refuseBusyPort(env: Environment): Promise<void> {
  const { API_PORT } = loadConfig({ API_PORT: env['API_PORT'] });
  if (API_PORT === 0 || (await isPortFree(API_PORT))) return;
  throw new CodedError(
    'embedded.port_in_use',
    `Port ${API_PORT}, which the API needs, is in use by another program: stop that program, or choose another port: API_PORT=8081 ${START_TRIAL}`,
  );
}

/** Bundles the workflows here while the servers start: in the worker, the bundler's memory would never be freed. */
async function writeBundle(dataDir: string): Promise<string> {
  const file = join(dataDir, 'workflows.bundle.js');
  const { code } = await bundleWorkflows();
  await writeFile(file, code);
  return file;
}

interface Servers {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalUiUrl: string | null;
}

async function startServers(
  options: StackOptions,
  stops: (() => Promise<void>)[],
): Promise<Servers> {
  const { env, dataDir, onProgress } = options;
  const startDatabase = async () => {
    if (env['DATABASE_URL']) return env['DATABASE_URL'];
    const server = await startPostgres({ dataDir, onProgress });
    stops.push(() => server.stop());
    return server.url;
  };
  const startTemporalServer = async () => {
    if (env['TEMPORAL_ADDRESS']) return { address: env['TEMPORAL_ADDRESS'], uiUrl: null };
    const binary = await findTemporalBinary({
      env: env,
      cacheDir: dataFolder(env),
      onProgress,
    });
    const server = await startTemporal({
      binary: binary.path,
      dataDir,
      searchAttributes: SEARCH_ATTRIBUTES,
      onProgress,
    });
    stops.push(() => server.stop());
    return server;
  };
  // Waits for both, so that a failure of one cannot leave the other running unnoticed.
  const [database, temporal] = await Promise.allSettled([startDatabase(), startTemporalServer()]);
  if (database.status === 'rejected') throw database.reason;
  if (temporal.status === 'rejected') throw temporal.reason;
  return {
    databaseUrl: database.value,
    temporalAddress: temporal.value.address,
    temporalUiUrl: temporal.value.uiUrl,
  };
}

async function startBank(
  options: StackOptions,
  secrets: TrialSecrets,
  stops: (() => Promise<void>)[],
): Promise<SimulatorProcess> {
  options.onProgress(`Starting the simulated bank (protocol: ${options.feed})`);
  const { dataDir, env } = options;
  const { apiKey, bankOptions } = trialFeed(options.feed, secrets.simulatorKey);
  const simulator = await startSimulator(
    {
      PATH: env['PATH'],
      SIMULATOR_PORT: '0',
      SIMULATOR_SEED: options.simulatorSeed,
      SIMULATOR_API_KEY: apiKey,
      SIMULATOR_ADMIN_KEY: secrets.simulatorAdminKey,
      SIMULATOR_ACCOUNT_ID: TRIAL_ACCOUNT.id,
      SIMULATOR_WEBHOOK_SECRET: secrets.webhookSecret,
      SIMULATOR_STATE_FILE: join(dataDir, 'simulator.json'),
    },
    join(dataDir, 'logs', 'simulator.log'),
  );
  stops.push(() => simulator.stop());
  await createSimulatorAdmin(simulator.url, secrets.simulatorAdminKey)('settings', bankOptions);
  return simulator;
}

function processEnvironment(
  options: StackOptions,
  parts: Servers & {
    readonly secrets: TrialSecrets;
    readonly simulator: SimulatorProcess | null;
    readonly workflowBundle: string;
  },
): Environment {
  const { env } = options;
  if (env['DEPLOYMENT'] === 'production') {
    throw new CodedError(
      'config.invalid',
      'DEPLOYMENT=production does not allow a trial: run `purser migrate`, `purser worker` and `purser api` instead.',
    );
  }
  const bank: Environment =
    parts.simulator === null
      ? {}
      : {
          BANK_API_ENABLED: 'true',
          BANK_ACCOUNT_KEY: accountKeyOf(options.feed),
          BANK_NAME: TRIAL_ACCOUNT.name,
          ...trialFeed(options.feed, parts.secrets.simulatorKey).env(parts.simulator.url),
          BANK_ACCOUNT_ID: TRIAL_ACCOUNT.id,
          BANK_WEBHOOK_SECRET: parts.secrets.webhookSecret,
        };
  return {
    ...env,
    API_KEY_PEPPER: env['API_KEY_PEPPER'] ?? parts.secrets.pepper,
    ...(options.freePorts ? { API_PORT: '0' } : {}),
    ...bank,
    WORKFLOW_BUNDLE: env['WORKFLOW_BUNDLE'] ?? parts.workflowBundle,
    DATABASE_URL: parts.databaseUrl,
    TEMPORAL_ADDRESS: parts.temporalAddress,
  };
}

async function startProcesses(
  dataDir: string,
  env: Environment,
  stops: (() => Promise<void>)[],
): Promise<readonly [RunningProcess, RunningProcess]> {
  const start = async (name: 'api' | 'worker') => {
    const child = await startChild({
      name,
      command: [name],
      env,
      logFile: join(dataDir, 'logs', `${name}.log`),
      readyWithinMs: 60_000,
    });
    stops.push(() => child.stop());
    return child;
  };
  const [api, worker] = await Promise.allSettled([start('api'), start('worker')]);
  if (api.status === 'rejected') throw api.reason;
  if (worker.status === 'rejected') throw worker.reason;
  return [api.value, worker.value];
}

/** The variables that other commands need to reach this stack; the rest of the environment stays out of the file. */
function pick(env: Environment): Record<string, string> {
  const names = /^(DATABASE_|TEMPORAL_|BANK_|API_|MIGRATION_)/;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
