import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { sayReady, untilAskedToStop } from '../../cli/supervise.ts';
import { loadConfig } from '../../config.ts';
import { openDatabase } from '../../db/client.ts';
import { REMIND_DAYS } from '../../domain/review/aging.ts';
import { TRIAL_ADDRESSES } from '../../bank/http/address-rule.ts';
import { createPolledAccounts } from '../../worker/bank-account-settings.ts';
import { temporalConnectionOptions } from '../../temporal/connection-options.ts';
import { NAIVE_TASK_QUEUE } from './contract.ts';

// The naive arm's worker: the product's activities and worker options, other workflows, a separate queue.
const config = loadConfig(process.env);
const database = openDatabase({
  url: config.DATABASE_URL ?? '',
  poolSize: config.DATABASE_POOL_SIZE,
  applicationName: 'purser-bench-naive',
  as: 'app',
});
const connection = await NativeConnection.connect(temporalConnectionOptions(config));
const worker = await Worker.create({
  connection,
  namespace: config.TEMPORAL_NAMESPACE,
  taskQueue: NAIVE_TASK_QUEUE,
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  }),
  activities: createActivities({
    database: database.db,
    clock: () => new Date(),
    polledAccount: createPolledAccounts(database.db, process.env, TRIAL_ADDRESSES),
    startDeposit: () => Promise.resolve('running' as const),
    deliverDecision: () => Promise.resolve(),
    wakeDeposit: () => Promise.resolve(),
    startDecision: () => Promise.resolve(),
    startImport: () => Promise.resolve(),
    auditAnchor: null,
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
  }),
  maxConcurrentWorkflowTaskExecutions: 40,
  maxConcurrentActivityTaskExecutions: config.DATABASE_POOL_SIZE,
  maxCachedWorkflows: 400,
});
const running = worker.run();
sayReady();
await Promise.race([untilAskedToStop(), running]);
if (worker.getState() === 'RUNNING') worker.shutdown();
await running;
await connection.close();
await database.close();
process.exit();
