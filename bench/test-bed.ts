import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { withDatabase } from '../cli/environment.ts';
import { startChild, type RunningProcess } from '../cli/stack/child-process.ts';
import { createSimulatorAdmin } from '../cli/stack/simulator-process.ts';
import { startStack, type Stack } from '../cli/stack/stack.ts';
import { withTemporal } from '../cli/with-temporal.ts';
import { loadConfig, type Config } from '../config.ts';
import type { Database } from '../db/client.ts';
import { clusterFiles, readPostmaster } from '../embedded/postgres-cluster.ts';
import { readLivingRecord, temporalFiles } from '../embedded/temporal-server.ts';
import { bundleWorkflows } from '../worker/bundle-workflows.ts';
import { pollScheduleId, SWEEP_SCHEDULE_ID } from '../workflows/contract.ts';
import type { Bank } from './bank.ts';
import { openWallets } from './ledger.ts';
import type { ProcessGroups } from './processes.ts';

/** Number of customers: many, as in production, so that deposits rarely wait for a wallet. */
const WALLETS = 5_000;
/** Long enough that no poll runs during a measurement. */
const POLL_INTERVAL_SECONDS = 3_600;

/** The service on real servers, the naive arm's worker, and access to all of them. */
export interface TestBed {
  readonly config: Config;
  readonly database: Database;
  readonly temporal: Client;
  readonly bank: Bank;
  readonly apiUrl: string;
  readonly accountKey: string;
  readonly codes: readonly string[];
  readonly processes: ProcessGroups;
  readonly naiveWorkerPid: number;
  readonly progress: (message: string) => void;
}

export interface TestBedOptions {
  readonly dataDir: string;
  readonly bulkAbove: number;
  readonly progress: (message: string) => void;
}

/** Starts everything, runs `work`, and stops everything even after an error. */
export async function withTestBed<T>(
  options: TestBedOptions,
  work: (bed: TestBed) => Promise<T>,
): Promise<T> {
  // Bundled first, as in the image: bundling takes more memory than everything else.
  const bundleFile = join(options.dataDir, 'workflows.bundle.js');
  await writeFile(bundleFile, (await bundleWorkflows()).code);
  const stack = await startStack({
    env: {
      ...environmentOfUser(),
      LOG_LEVEL: 'warn',
      BULK_ABOVE: options.bulkAbove.toString(),
      POLL_INTERVAL_SECONDS: POLL_INTERVAL_SECONDS.toString(),
      WORKFLOW_BUNDLE: bundleFile,
    },
    dataDir: options.dataDir,
    freePorts: true,
    simulatorSeed: '1',
    feed: 'json',
    onProgress: options.progress,
  });
  try {
    options.progress("Starting the naive arm's worker");
    const naiveWorker = await startNaiveWorker(stack);
    try {
      const broken = Promise.race([
        stack.broken,
        naiveWorker.ended.then(() => naiveWorker.name),
      ]).then((name) => Promise.reject(new Error(`The ${name} process exited unexpectedly.`)));
      return await Promise.race([useTestBed(stack, naiveWorker, options, work), broken]);
    } finally {
      options.progress('Stopping');
      await naiveWorker.stop();
    }
  } finally {
    await stack.stop();
  }
}

async function useTestBed<T>(
  stack: Stack,
  naiveWorker: RunningProcess,
  { progress }: TestBedOptions,
  work: (bed: TestBed) => Promise<T>,
): Promise<T> {
  const config = loadConfig(stack.env);
  const accountKey = config.BANK_ACCOUNT_KEY;
  return withDatabase(config, ({ db: database }) =>
    withTemporal(config, async (temporal) => {
      for (const schedule of [pollScheduleId(accountKey), SWEEP_SCHEDULE_ID]) {
        await temporal.schedule.getHandle(schedule).pause('the benchmark triggers it');
      }
      const bank = createSimulatorAdmin(
        stack.simulator?.url ?? '',
        stack.secrets.simulatorAdminKey,
      );
      await bank('settings', { webhookUrl: `${stack.apiUrl}/webhooks/bank/${accountKey}` });
      return work({
        config,
        database,
        temporal,
        bank,
        apiUrl: stack.apiUrl,
        accountKey,
        codes: await openWallets(database, WALLETS),
        processes: await processGroups(stack),
        naiveWorkerPid: naiveWorker.pid,
        progress,
      });
    }),
  );
}

/** Drops servers, banks and limits that the user has configured: the benchmark has its own. */
function environmentOfUser() {
  const own =
    /^(DATABASE_|MIGRATION_|TEMPORAL_ADDRESS|TEMPORAL_NAMESPACE|TEMPORAL_API_KEY|TEMPORAL_TLS|BANK_|API_|DEPLOYMENT|BULK_|POLL_|REVIEW_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

async function startNaiveWorker(stack: Stack): Promise<RunningProcess> {
  return startChild({
    name: 'naive worker',
    // Node itself takes `--import`: the program below is TypeScript.
    program: '--import',
    command: ['tsx', fileURLToPath(new URL('./naive/worker.ts', import.meta.url))],
    env: stack.env,
    logFile: join(stack.dataDir, 'logs', 'naive-worker.log'),
    readyWithinMs: 60_000,
  });
}

async function processGroups(stack: Stack): Promise<ProcessGroups> {
  const temporal = await readLivingRecord(temporalFiles(stack.dataDir));
  const postgres = await readPostmaster(clusterFiles(stack.dataDir));
  if (temporal === null || postgres === null) {
    throw new Error("Cannot find the benchmark's servers among the processes.");
  }
  return {
    worker: stack.processes.worker.pid,
    api: stack.processes.api.pid,
    temporal: temporal.pid,
    postgres: postgres.pid,
  };
}

/** The last lines of the processes' logs, to show why a run failed. */
export async function readLogEnds(dataDir: string): Promise<string> {
  const ends = await Promise.all(
    ['worker', 'api', 'naive-worker', 'simulator'].map(async (name) => {
      const text = await readFile(join(dataDir, 'logs', `${name}.log`), 'utf8').catch(() => '');
      return text === '' ? '' : `--- ${name}.log\n${text.split('\n').slice(-6).join('\n')}`;
    }),
  );
  return ends.filter((end) => end !== '').join('\n');
}
