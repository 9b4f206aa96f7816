import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChild, type RunningProcess } from '../../cli/stack/child-process.ts';
import { listAlerts, listStanding, refreshAlerts } from '../../db/queries/alerts/alerts.ts';
import type { AlertKind } from '../../domain/words/alert-words.ts';
import { pollScheduleId, TASK_QUEUE } from '../../workflows/contract.ts';
import { runPurser } from '../support/purser.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let folder: string;
let worker: RunningProcess;
let api: RunningProcess;

/** A process of this service with a log of its own, as operators run it. */
const startProcess = (name: 'worker' | 'api') =>
  startChild({
    name,
    command: [name],
    env: { ...process.env, ...service.env, LOG_LEVEL: 'info' },
    logFile: join(folder, `${name}.log`),
    readyWithinMs: 300_000,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-alerts-'));
  service = await startService({ withWorker: false });
  [worker, api] = await Promise.all([startProcess('worker'), startProcess('api')]);
});
afterAll(async () => {
  await Promise.all([worker.stop(), api.stop()]);
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

type Line = Readonly<Record<string, unknown>>;

/** The lines of a process's log that announce this alert. */
async function announced(name: 'worker' | 'api', kind: AlertKind): Promise<readonly Line[]> {
  const text = await readFile(join(folder, `${name}.log`), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
    .filter(({ alert }) => alert === kind);
}

const untilAnnounced = (name: 'worker' | 'api', kind: AlertKind) =>
  waitFor(`the ${name}'s log to tell of ${kind}`, async () => {
    const [line] = await announced(name, kind);
    return line ?? false;
  });

const untilCleared = (kind: AlertKind) =>
  waitFor(`${kind} to be cleared`, async () => {
    const { db } = service.database;
    await refreshAlerts(db);
    const standing = await listStanding(db);
    const cleared = await listAlerts(db, { isStanding: false, beforeId: null, limit: 100 });
    return (
      standing.every((alert) => alert.kind !== kind) && cleared.some((alert) => alert.kind === kind)
    );
  });

describe('an alert', () => {
  it('becomes one line of the worker’s log when the bank refuses us, and ends when it lets us in', async () => {
    await service.bank('faults', { mode: 'unauthorized' });
    expect((await service.reconcile()).outcome).toBe('failed');
    expect(await untilAnnounced('worker', 'run_failed')).toMatchObject({
      ...{ service: 'purser-worker', level: 50, accountKey: ACCOUNT, code: 'bank.unauthorized' },
    });
    const status = await runPurser(['status'], service.env);
    expect(status.code).toBe(2);
    expect(status.stdout).toMatch(/^Status: CRITICAL/);
    expect(status.stdout).toContain('Runbook: The bank refuses us');
    await service.bank('faults', { mode: 'none' });
    expect((await service.reconcile()).outcome).toBe('completed');
    await untilCleared('run_failed');
    expect(await announced('worker', 'run_failed')).toHaveLength(1);
  });

  it('tells of a workflow that fails again and again, until it is gone', async () => {
    const { client } = service.temporal;
    const workflowId = `deposit/${ACCOUNT}/wedged`;
    // As if a release lacked the code of a workflow that runs.
    const handle = await client.workflow.start('aWorkflowOfAnotherRelease', {
      ...{ workflowId, taskQueue: TASK_QUEUE, args: [] },
    });
    expect(await untilAnnounced('worker', 'workflow_wedged')).toMatchObject({
      ...{ accountKey: ACCOUNT, example: workflowId, count: 1 },
    });
    await handle.terminate();
    await untilCleared('workflow_wedged');
  });

  it('tells of a Schedule that somebody paused, until it runs again', async () => {
    const schedule = service.temporal.client.schedule.getHandle(pollScheduleId(ACCOUNT));
    await schedule.pause('an operator forgot it');
    expect(await untilAnnounced('worker', 'schedule_paused')).toMatchObject({
      accountKey: ACCOUNT,
    });
    await schedule.unpause();
    await untilCleared('schedule_paused');
  });

  it('comes from the API where no worker lives, until one does', async () => {
    await worker.stop();
    await service.database.owner`
      update service_beats set beat_at = now() - interval '2 minutes'`;
    await service.database.owner`
      update bank_accounts set created_at = now() - interval '2 minutes'`;
    expect(await untilAnnounced('api', 'worker_silent')).toMatchObject({
      ...{ service: 'purser-api', severity: 'critical', subject: 'service' },
    });
    worker = await startProcess('worker');
    await untilCleared('worker_silent');
  });

  it('tells of red books until they are proved', async () => {
    const { owner } = service.database;
    await owner`insert into verifications (broken) values (array['I7'])`;
    expect(await untilAnnounced('worker', 'verify_red')).toMatchObject({ example: 'I7' });
    expect((await runPurser(['verify'], service.env)).code).toBe(0);
    await untilCleared('verify_red');
  });
});
