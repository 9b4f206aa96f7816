import { setTimeout as delay } from 'node:timers/promises';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { depositWorkflowId, pollScheduleId, WORKFLOW } from '../workflows/contract.ts';
import { bookAndAnnounce, bookDeposits } from './bank.ts';
import { countRunning, readChildren, readParents, type HistoryCost } from './histories.ts';
import {
  countCreditedEvents,
  databaseNow,
  findFault,
  readProgress,
  readSettling,
  readWebhookLatency,
  sampleTransactionKeys,
  type Latency,
} from './ledger.ts';
import { NAIVE_RECONCILE, NAIVE_TASK_QUEUE } from './naive/contract.ts';
import { readCpu, readPeakMemory, subtractCpu, type CpuTimes } from './processes.ts';
import type { TestBed } from './test-bed.ts';

export type ArmName = 'workflow' | 'naive' | 'backlog';

/** Result of one arm on one set of deposits, all credited and proved. */
export interface ArmResult {
  readonly arm: ArmName;
  readonly round: number;
  readonly deposits: number;
  readonly seconds: number;
  /** The arm's total processor time in microseconds; null if the platform does not report it. */
  readonly cpu: CpuTimes | null;
  readonly capturedToSettled: Latency;
  /** A sample of the deposits' workflows; null if they have none. */
  readonly child: { readonly mean: HistoryCost; readonly worst: HistoryCost } | null;
  /** The parent's histories, per deposit. */
  readonly parent: HistoryCost;
  /** The peak of the product's processes so far, not only in this arm. */
  readonly peakMemory: PeakMemory;
}

/** Bytes; null if the platform does not report them. */
export interface PeakMemory {
  readonly workerBytes: number | null;
  readonly apiBytes: number | null;
}

export function readPeaks(bed: TestBed): PeakMemory {
  return {
    workerBytes: readPeakMemory(bed.processes.worker),
    apiBytes: readPeakMemory(bed.processes.api),
  };
}

const CHILD_SAMPLE = 30;
const LOOK_EVERY_MS = 500;
const TELL_EVERY_MS = 5_000;
const START_MS_MAX = 120_000;
const DEPOSIT_MS_MAX = 400;
const WEBHOOK_MS_MAX = 30_000;

const PARENT_TYPE = {
  workflow: WORKFLOW.reconcile,
  naive: NAIVE_RECONCILE,
  backlog: WORKFLOW.reconcile,
};

/** Books deposits at the bank, triggers a read, and waits until all work is done. */
export async function runArm(
  bed: TestBed,
  task: { readonly arm: ArmName; readonly round: number; readonly deposits: number },
): Promise<ArmResult> {
  const { arm, deposits } = task;
  await bookDeposits(bed.bank, bed.codes, deposits);
  const groups = arm === 'naive' ? { ...bed.processes, worker: bed.naiveWorkerPid } : bed.processes;
  const startedAt = new Date();
  const since = await databaseNow(bed.database);
  const cpuBefore = readCpu(groups);
  await trigger(bed, arm, task.round);
  await untilQuiet(bed, { ...task, since });
  const cpu = subtractCpu(readCpu(groups), cpuBefore);
  const peakMemory = readPeaks(bed);
  const fault = await findFault(bed.database, bed.bank);
  if (fault !== null) throw new Error(`The ${arm} arm has no valid result: ${fault}.`);
  const { seconds, latency } = await readSettling(bed.database, since);
  return {
    ...task,
    seconds,
    cpu,
    capturedToSettled: latency,
    child: arm === 'backlog' ? null : await readSample(bed, arm, since),
    parent: await readParents(bed.temporal, { type: PARENT_TYPE[arm], since: startedAt, deposits }),
    peakMemory,
  };
}

async function trigger(bed: TestBed, arm: ArmName, round: number): Promise<void> {
  if (arm === 'naive') {
    await bed.temporal.workflow.start(NAIVE_RECONCILE, {
      workflowId: `bench/naive/${round}`,
      taskQueue: NAIVE_TASK_QUEUE,
      args: [{ accountKey: bed.accountKey }],
    });
    return;
  }
  await bed.temporal.schedule
    .getHandle(pollScheduleId(bed.accountKey))
    .trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

/** Waits until the run is recorded, every deposit credited and published, and no workflow of either arm still runs. */
async function untilQuiet(
  bed: TestBed,
  task: {
    readonly arm: ArmName;
    readonly round: number;
    readonly deposits: number;
    readonly since: string;
  },
): Promise<void> {
  const deadline = Date.now() + START_MS_MAX + task.deposits * DEPOSIT_MS_MAX;
  const types = [WORKFLOW.reconcile, WORKFLOW.deposit, NAIVE_RECONCILE, 'naiveDeposit'];
  let toldAt = Date.now();
  for (;;) {
    const run = await readProgress(bed.database, task.since);
    if (run.error !== null)
      throw new Error(`The run of the ${task.arm} arm ended with ${run.error}.`);
    const isSettled = run.isRecorded && run.captured === 0 && run.unpublished === 0;
    if (isSettled && run.deposits !== task.deposits) {
      throw new Error(`The ${task.arm} arm captured ${run.deposits} of ${task.deposits} deposits.`);
    }
    if (isSettled && (await countRunning(bed.temporal, types)) === 0) return;
    if (Date.now() >= deadline) {
      throw new Error(
        `The ${task.arm} arm did not finish in time: ${run.captured} of ${run.deposits} deposits are still waiting.`,
      );
    }
    if (Date.now() - toldAt >= TELL_EVERY_MS) {
      toldAt = Date.now();
      bed.progress(`${task.arm}: ${run.deposits - run.captured} of ${task.deposits} credited`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

async function readSample(bed: TestBed, arm: 'workflow' | 'naive', since: string) {
  const keys = await sampleTransactionKeys(bed.database, since, CHILD_SAMPLE);
  return readChildren(
    bed.temporal,
    keys.map((key) =>
      arm === 'naive'
        ? `naive/${bed.accountKey}/${key}`
        : depositWorkflowId(bed.accountKey, key, 1),
    ),
  );
}

/** Sends webhooks one at a time to an idle service and measures from arrival to credit. */
export async function runWebhooks(bed: TestBed, count: number): Promise<Latency> {
  for (let sent = 0; sent < count; sent += 1) {
    const before = await countCreditedEvents(bed.database);
    await bookAndAnnounce(bed.bank, {
      code: bed.codes[sent % bed.codes.length] ?? '',
      amountMinor: 10_007n + BigInt(sent) * 100n,
    });
    const deadline = Date.now() + WEBHOOK_MS_MAX;
    while ((await countCreditedEvents(bed.database)) === before) {
      if (Date.now() >= deadline) throw new Error('No credit followed a webhook in time.');
      await delay(50);
    }
  }
  const fault = await findFault(bed.database, bed.bank);
  if (fault !== null) throw new Error(`The webhook measurement has no valid result: ${fault}.`);
  return readWebhookLatency(bed.database);
}
