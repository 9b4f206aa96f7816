import type { Client } from '@temporalio/client';
import { groupBy } from '../domain/group-by.ts';
import type { ServiceReport } from '../domain/words/alert-words.ts';

/** As many as a look counts; more are no other news. */
const WEDGED_MAX = 1_000;

/** The server marks a workflow whose tasks have failed or timed out several times in a row. */
const REPORTED =
  "TemporalReportedProblems IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut') AND ExecutionStatus = 'Running'";

/** Workflows that fail again and again, by account: `deposit/<account>/…` and `poll/<account>` name it. */
export async function listWedged(client: Client): Promise<readonly ServiceReport[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: REPORTED })) {
    ids.push(workflowId);
    if (ids.length >= WEDGED_MAX) break;
  }
  return [...groupBy(ids, (id) => id.split('/')[1] ?? 'service')].map(([subject, of]) => ({
    kind: 'workflow_wedged',
    subject,
    accountKey: subject === 'service' ? null : subject,
    example: of[0] ?? null,
    count: of.length,
  }));
}
