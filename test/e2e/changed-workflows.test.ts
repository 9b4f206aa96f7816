import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChild, type RunningProcess } from '../../cli/stack/child-process.ts';
import { listStanding } from '../../db/queries/alerts/alerts.ts';
import { choosePort } from '../../embedded/free-port.ts';
import { depositWorkflowId } from '../../workflows/contract.ts';
import { bundleChanged, type ChangedBundle } from '../support/changed-workflows.ts';
import { verifyClean } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

const OPEN_REVIEW =
  'const review: OpenReviewOutput = await records.openReview({ depositId, reason });';

let service: Service;
let folder: string;
let patched: ChangedBundle;
let unpatched: ChangedBundle;
let worker: RunningProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-upgrade-'));
  service = await startService({ withWorker: false });
  // One activity more, in front of the first that an open review has in its history.
  const more = 'await records.recheckReview({ depositId });';
  patched = await bundleChanged({
    file: 'review-deposit.ts',
    search: OPEN_REVIEW,
    replacement: `if (patched('review-rechecks-first')) ${more} ${OPEN_REVIEW}`,
  });
  unpatched = await bundleChanged({
    file: 'review-deposit.ts',
    search: OPEN_REVIEW,
    replacement: `${more} ${OPEN_REVIEW}`,
  });
});
afterAll(async () => {
  await worker?.stop();
  await patched.remove();
  await unpatched.remove();
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

/** Replaces the worker's process by one with these workflows; without a name, with today's. */
async function deploy(env: Readonly<Record<string, string>> = {}): Promise<void> {
  await worker?.stop();
  worker = await startChild({
    name: 'worker',
    command: ['worker'],
    env: { ...process.env, ...service.env, LOG_LEVEL: 'info', ...env },
    logFile: join(folder, 'worker.log'),
    readyWithinMs: 300_000,
  });
}

/** A deposit in review, and its workflow. */
async function aReview(minor: number) {
  await service.bank('lines', [
    { reference: 'no code', amountMinor: String(minor), expect: { outcome: 'in_review' } },
  ]);
  await service.reconcile();
  const [row] = await service.database.owner<{ id: string; key: string }[]>`
    select id, transaction_key as key from deposits where amount_minor = ${minor}`;
  const { id: depositId, key } = row ?? { id: '', key: '' };
  const handle = service.temporal.client.workflow.getHandle(depositWorkflowId(ACCOUNT, key, 1));
  return { depositId, handle };
}

async function decide({ depositId, handle }: Awaited<ReturnType<typeof aReview>>) {
  const { walletId } = await service.openWallet((lastWallet += 1));
  const decisionId = await aDecision(service.database.owner, {
    depositId,
    kind: 'credit',
    walletId,
  });
  await handle.signal('resolve', { decisionId });
}
let lastWallet = 300;

async function logged(code: string) {
  const text = await readFile(join(folder, 'worker.log'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .find((line) => line['code'] === code);
}

describe('a worker whose review code has changed', () => {
  it('decides the reviews of before and its own, where a patch guards the change', async () => {
    await deploy();
    const untouched = await aReview(8_801);
    const refused = await aReview(8_802);
    // Its history has an attempt at a decision.
    await refused.handle.signal('resolve', { decisionId: 'dec_of_nobody' });
    await waitFor('the attempt is in the history', async () => {
      const { events } = await refused.handle.fetchHistory();
      return (events ?? []).some(
        ({ activityTaskScheduledEventAttributes: scheduled }) =>
          scheduled?.activityType?.name === 'applyDecision',
      );
    });
    await deploy({ WORKFLOW_BUNDLE: patched.path });
    const after = await aReview(8_803);
    for (const review of [untouched, refused, after]) {
      await decide(review);
      expect(await review.handle.result()).toEqual({ outcome: 'credited' });
    }
    await verifyClean(service.database.db);
  });

  it('raises an alert and writes a line that names the failure, where no patch guards it', async () => {
    await deploy();
    const review = await aReview(8_804);
    await deploy({ WORKFLOW_BUNDLE: unpatched.path });
    await decide(review);
    const line = await waitFor(
      'a line tells of it',
      async () => (await logged('TMPRL1100')) ?? null,
    );
    const { runId } = await review.handle.describe();
    expect(line).toMatchObject({
      ...{ service: 'purser-worker', runId },
      detail: expect.stringContaining('recheckReview') as string,
    });
    const isWedged = async () =>
      (await listStanding(service.database.db)).some(({ kind }) => kind === 'workflow_wedged');
    await waitFor('the alert stands', isWedged);
    // The release before: the workflow goes on by itself, with the decision that waited.
    await deploy();
    expect(await review.handle.result()).toEqual({ outcome: 'credited' });
    await waitFor('the alert is over', async () => !(await isWedged()));
    await verifyClean(service.database.db);
  });
});

describe('a worker with an address for metrics', () => {
  it('shows the slots and latencies of each task queue to Prometheus', async () => {
    const port = await choosePort({ server: 'metrics', asked: undefined, remembered: null });
    await deploy({ WORKER_METRICS_ADDRESS: `127.0.0.1:${port}` });
    const text = await waitFor('the metrics are there', async () => {
      const shown = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return shown.includes('recon-batch') ? shown : null;
    });
    for (const queue of ['recon', 'recon-bank', 'recon-batch'])
      expect(text).toContain(`task_queue="${queue}"`);
    expect(text).toContain('temporal_worker_task_slots_available');
  });
});
