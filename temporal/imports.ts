import type { Client } from '@temporalio/client';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { importWorkflowId, TASK_QUEUE, WORKFLOW } from '../workflows/contract.ts';

/** Starts the import of a stored file; one that runs is left alone, and one that ended may run again: it finds everything known. */
export function createStartImport(client: Client): ActivityDependencies['startImport'] {
  return async ({ accountKey, fileId, sha256 }) => {
    await client.workflow.start(WORKFLOW.importStatement, {
      workflowId: importWorkflowId(accountKey, sha256),
      taskQueue: TASK_QUEUE,
      args: [{ accountKey, fileId }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  };
}
