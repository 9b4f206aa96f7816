import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { BANK_TASK_QUEUE, BATCH_TASK_QUEUE, TASK_QUEUE } from '../workflows/contract.ts';

/** Workflow code ready to run: in memory, or in a bundled file. */
export type WorkflowBundle = NonNullable<WorkerOptions['workflowBundle']>;

/**
 * An account is read once at a time, so this many banks may hang and still delay no other account's read. A read that
 * waits for its bank holds no connection of the database.
 */
const BANK_SLOTS = 100;

export interface WorkerSettings {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly bundle: WorkflowBundle;
  readonly dependencies: ActivityDependencies;
  /** The same for reads of banks, whose captures have connections of their own. */
  readonly bankDependencies: ActivityDependencies;
  /** More slots than the pool has connections gain nothing. */
  readonly activitySlots: number;
}

/** The workers of one process, which start and stop together. */
export interface WorkerGroup {
  /** Resolves when all have stopped. If one fails, the others stop, and it rejects. */
  run(): Promise<void>;
  /** Whether all of them ask for work. */
  isPolling(): boolean;
  /** Takes no new work; {@link WorkerGroup.run} resolves when present work has ended. */
  shutdown(): void;
}

/** The one place where Worker options are decided: a worker for each task queue. */
export async function createWorkers(settings: WorkerSettings): Promise<WorkerGroup> {
  const { activitySlots, bankDependencies, bundle, connection, dependencies, namespace } = settings;
  const common = {
    connection,
    namespace,
    activityTaskPollerBehavior: { type: 'autoscaling' },
    shutdownGraceTime: '20s',
    shutdownForceTime: '30s',
  } as const satisfies Partial<WorkerOptions>;
  const activities = createActivities(dependencies);
  return groupOf([
    await Worker.create({
      ...common,
      taskQueue: TASK_QUEUE,
      workflowBundle: bundle,
      activities,
      workflowTaskPollerBehavior: { type: 'autoscaling' },
      maxConcurrentWorkflowTaskExecutions: 40,
      maxConcurrentActivityTaskExecutions: activitySlots,
      maxConcurrentLocalActivityExecutions: activitySlots,
      maxCachedWorkflows: 400,
    }),
    await Worker.create({
      ...common,
      taskQueue: BANK_TASK_QUEUE,
      activities: createActivities(bankDependencies),
      maxConcurrentActivityTaskExecutions: BANK_SLOTS,
    }),
    await Worker.create({
      ...common,
      taskQueue: BATCH_TASK_QUEUE,
      activities,
      // The other half of the connections is left to decisions and deposits.
      maxConcurrentActivityTaskExecutions: Math.max(Math.floor(activitySlots / 2), 1),
    }),
  ]);
}

function groupOf(workers: readonly Worker[]): WorkerGroup {
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    isPolling: () => workers.every((worker) => worker.getState() === 'RUNNING'),
    shutdown,
    run: async () => {
      const runs = workers.map(async (worker) => worker.run().finally(shutdown));
      const ends = await Promise.allSettled(runs);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
}
