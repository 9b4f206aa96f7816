import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { TASK_QUEUE } from '../workflows/contract.ts';

/** Workflow code ready to run: in memory, or in a bundled file. */
export type WorkflowBundle = NonNullable<WorkerOptions['workflowBundle']>;

export interface WorkerSettings {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly bundle: WorkflowBundle;
  readonly dependencies: ActivityDependencies;
  /** More slots than the pool has connections gain nothing. */
  readonly activitySlots: number;
}

/** The one place where Worker options are decided. */
export async function createWorker(settings: WorkerSettings): Promise<Worker> {
  return Worker.create({
    connection: settings.connection,
    namespace: settings.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: settings.bundle,
    activities: createActivities(settings.dependencies),
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: settings.activitySlots,
    maxConcurrentLocalActivityExecutions: settings.activitySlots,
    maxCachedWorkflows: 400,
    shutdownGraceTime: '20s',
    shutdownForceTime: '30s',
  });
}
