import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pollScheduleId, runIdOf } from '../../workflows/contract.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** A poll whose bank hangs: its workflow, and the id of its run. */
async function aHangingPoll() {
  await service.bank('faults', { mode: 'hang' });
  const { client } = service.temporal;
  await client.schedule.getHandle(pollScheduleId(ACCOUNT)).trigger('BUFFER_ONE');
  const { workflowId, runId: firstRunId } = await waitFor('a poll runs', async () => {
    const query = `WorkflowType = 'reconcile' AND ExecutionStatus = 'Running'`;
    for await (const running of client.workflow.list({ query })) return running;
    return null;
  });
  const runId = runIdOf(firstRunId);
  await waitFor('the run has its row', async () => (await runOf(runId)) !== undefined);
  return { handle: client.workflow.getHandle(workflowId), runId };
}

async function runOf(runId: string) {
  const [row] = await service.database.owner`
    select outcome, error_code as code, finished_at is not null as ended from runs where id = ${runId}`;
  return row;
}

describe('a poll that somebody cancels', () => {
  it('says so in the row of its run', async () => {
    const { handle, runId } = await aHangingPoll();
    await handle.cancel();
    const failure: unknown = await handle.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect(await runOf(runId)).toEqual({ outcome: 'failed', code: 'run.cancelled', ended: true });
  });
});

describe('a poll that somebody terminates', () => {
  it('leaves a row that tells of the loss, once the next poll begins', async () => {
    const { handle, runId } = await aHangingPoll();
    await handle.terminate('a test');
    expect(await runOf(runId)).toMatchObject({ ended: false });
    await service.bank('faults', { mode: 'none' });
    expect(await service.reconcile()).toMatchObject({ outcome: 'completed' });
    expect(await runOf(runId)).toEqual({ outcome: 'failed', code: 'run.lost', ended: true });
  });
});
