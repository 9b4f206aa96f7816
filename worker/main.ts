import { NativeConnection } from '@temporalio/worker';
import type { ActivityDependencies, AuditAnchor } from '../activities/dependencies.ts';
import { bankAddresses, type Config } from '../config.ts';
import { refusePaused } from '../app/account/find-account.ts';
import { openDatabase } from '../db/client.ts';
import { requireServiceLogin } from '../db/queries/login.ts';
import { REMIND_DAYS } from '../domain/review/aging.ts';
import { CodedError } from '../domain/errors.ts';
import type { Logger } from '../logger.ts';
import { createAnchorFile } from './audit-anchor.ts';
import { loadSigner } from './audit-signature.ts';
import {
  createPolledAccounts,
  listAccounts,
  upsertConfiguredAccount,
  type Environment,
} from './bank-account-settings.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { createWorkers, type WorkerGroup } from './create-worker.ts';
import { checksOf, startHealthServer } from './health.ts';
import { followAccounts } from './follow-accounts.ts';
import { startInboxRelay } from './inbox-relay.ts';
import { createRedelivery } from './redeliver.ts';
import { startWatch } from './watch.ts';
import { connectTemporal, whyNotConnected } from '../temporal/connection.ts';
import { temporalConnectionOptions } from '../temporal/connection-options.ts';
import { startDecision } from '../temporal/decisions.ts';
import {
  signalBankEvent,
  signalDecision,
  startDeposit,
  wakeDeposit,
} from '../temporal/deposits.ts';
import { applyAccount, applySchedules, listPaused, triggerPoll } from '../temporal/schedules.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { startImport } from '../temporal/starts.ts';
import { listWedged } from '../temporal/wedged.ts';

/** Captures of reads have connections of their own, so that many at once delay no decision. */
const BANK_CONNECTIONS = 2;

export interface RunningWorker {
  /** Resolves when the worker has stopped, with or without {@link RunningWorker.stop}; rejects when it fails. */
  readonly done: Promise<void>;
  /** Takes no new work, waits for present work to end, and closes every connection. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly config: Config;
  readonly env: Environment;
  readonly logger: Logger;
}

/**
 * Starts a worker process: database, Temporal, Schedules, activities, workflows and the inbox relay.
 * @throws CodedError `database.unavailable` · `temporal.unavailable`
 */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { config, env, logger } = options;
  if (config.DATABASE_URL === undefined)
    throw new CodedError('config.invalid', 'The worker needs DATABASE_URL.');
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName: 'purser-worker',
    as: 'app',
  });
  const bankDatabase = openDatabase({
    url: config.DATABASE_URL,
    poolSize: BANK_CONNECTIONS,
    applicationName: 'purser-worker-bank',
    as: 'app',
  });
  try {
    if (config.DEPLOYMENT === 'production') await requireServiceLogin(database.db);
    const { client, connection, native } = await connect(config);
    await registerSearchAttributes(connection, config.TEMPORAL_NAMESPACE);
    if (config.BANK_API_ENABLED || config.BANK_WEBHOOK_SECRET !== undefined) {
      await upsertConfiguredAccount(database.db, config);
    }
    const accounts = await listAccounts(database.db);
    await applySchedules(client, accounts, config.POLL_INTERVAL_SECONDS);
    const dependencies: ActivityDependencies = {
      database: database.db,
      clock: () => new Date(),
      polledAccount: createPolledAccounts(database.db, env, bankAddresses(config)),
      startDeposit: (ref) => startDeposit(client, ref),
      deliverDecision: (ref, decisionId) => signalDecision(client, ref, decisionId),
      wakeDeposit: (ref, input) => wakeDeposit(client, ref, input),
      startDecision: (input) => startDecision(client, input),
      startImport: (file) => startImport(client, file),
      auditAnchor: createAuditAnchor(config),
      settings: {
        bulkAbove: config.BULK_ABOVE,
        overlapDays: config.POLL_OVERLAP_DAYS,
        aging: {
          remindDays: REMIND_DAYS,
          escalateDays: config.ESCALATE_DAYS,
          reviewDays: config.REVIEW_DAYS,
        },
        reviewFinal: config.REVIEW_FINAL,
        fourEyesAboveMinor: config.FOUR_EYES_ABOVE,
      },
    };
    const workers = await createWorkers({
      connection: native,
      namespace: config.TEMPORAL_NAMESPACE,
      bundle:
        config.WORKFLOW_BUNDLE === undefined
          ? await bundleWorkflows()
          : { codePath: config.WORKFLOW_BUNDLE },
      dependencies,
      bankDependencies: { ...dependencies, database: bankDatabase.db },
      activitySlots: config.DATABASE_POOL_SIZE,
    });
    const relay = await startInboxRelay({
      database: database.db,
      listener: database.listener,
      clock: () => new Date(),
      bulkAbove: config.BULK_ABOVE,
      signalDeposit: (ref, event) => signalBankEvent(client, ref, event),
      triggerPoll: async (accountKey) => {
        await refusePaused(database.db, accountKey);
        await triggerPoll(client, accountKey);
      },
      logger,
    });
    const following = followAccounts({
      list: () => listAccounts(database.db),
      apply: (account) => applyAccount(client, account, config.POLL_INTERVAL_SECONDS),
      applied: accounts,
      logger,
    });
    const watch = startWatch({
      database: database.db,
      pollIntervalSeconds: config.POLL_INTERVAL_SECONDS,
      reports: [
        { kinds: ['workflow_wedged'], read: () => listWedged(client) },
        {
          kinds: ['schedule_paused'],
          read: async () => listPaused(client, await listAccounts(database.db)),
        },
      ],
      redeliver: createRedelivery(dependencies),
      logger,
    });
    const health =
      config.WORKER_HEALTH_PORT === undefined
        ? null
        : await startHealthServer(
            { host: config.WORKER_HEALTH_HOST, port: config.WORKER_HEALTH_PORT },
            checksOf(workers, database.db),
          );
    logger.info(health === null ? {} : { healthPort: health.port }, 'worker started');
    return supervise(workers, async () => {
      await health?.close();
      await following.stop();
      await watch.stop();
      await relay.stop();
      await connection.close();
      await native.close();
      await bankDatabase.close();
      await database.close();
      logger.info('worker stopped');
    });
  } catch (error) {
    await bankDatabase.close();
    await database.close();
    throw error;
  }
}

async function connect(config: Config) {
  const options = temporalConnectionOptions(config);
  const connected = await connectTemporal({ ...options, namespace: config.TEMPORAL_NAMESPACE });
  try {
    return { ...connected, native: await NativeConnection.connect(options) };
  } catch (error) {
    await connected.connection.close();
    throw await whyNotConnected(error, options);
  }
}

function supervise(workers: WorkerGroup, close: () => Promise<void>): RunningWorker {
  const done = workers.run().finally(close);
  // The code that awaits `done` reports a failure; without this it would also end the process as unhandled.
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      workers.shutdown();
      await done;
    },
  };
}

/** @throws CodedError `config.invalid` if the signing key cannot be used */
function createAuditAnchor(config: Config): AuditAnchor | null {
  const { AUDIT_ANCHOR_FILE: file, AUDIT_SIGNING_KEY_FILE: keyFile } = config;
  if (file === undefined) return null;
  return createAnchorFile(
    file,
    () => new Date(),
    keyFile === undefined ? null : loadSigner(keyFile),
  );
}
