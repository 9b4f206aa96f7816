import { createHash } from 'node:crypto';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { CodedError } from '../domain/errors.ts';
import { pollTimeoutMs, sweepTimeoutMs } from '../domain/run-times.ts';
import type { ServiceReport } from '../domain/words/alert-words.ts';
import {
  pollScheduleId,
  searchAttributesOf,
  SWEEP_SCHEDULE_ID,
  TASK_QUEUE,
  WORKFLOW,
  type ReconcileInput,
  type SweepInput,
} from '../workflows/contract.ts';
import { temporalUnavailable } from './connection.ts';

const SWEEP_EVERY_SECONDS = 600;
const SWEEP_OLDER_THAN_MS = 15 * 60_000;

/** Seconds into the interval at which an account is read: spread, so that accounts are not all read at once. */
function pollOffsetSeconds(accountKey: string, intervalSeconds: number): number {
  return createHash('sha256').update(accountKey).digest().readUInt32BE(0) % intervalSeconds;
}

/** The Schedule that reads one bank account. */
function pollSchedule(accountKey: string, intervalSeconds: number): ScheduleOptions {
  const input: ReconcileInput = { accountKey };
  return {
    scheduleId: pollScheduleId(accountKey),
    spec: {
      intervals: [
        {
          every: intervalSeconds * 1_000,
          offset: pollOffsetSeconds(accountKey, intervalSeconds) * 1_000,
        },
      ],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10m', pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.reconcile,
      workflowId: pollScheduleId(accountKey),
      taskQueue: TASK_QUEUE,
      args: [input],
      // Under SKIP a stuck run stops all reads of the account, until this timeout.
      workflowRunTimeout: pollTimeoutMs(intervalSeconds),
      staticSummary: accountKey,
      typedSearchAttributes: searchAttributesOf({ accountKey }),
    },
  };
}

function sweepSchedule(): ScheduleOptions {
  const input: SweepInput = { olderThanMs: SWEEP_OLDER_THAN_MS };
  return {
    scheduleId: SWEEP_SCHEDULE_ID,
    spec: { intervals: [{ every: SWEEP_EVERY_SECONDS * 1_000 }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10m', pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.sweep,
      workflowId: SWEEP_SCHEDULE_ID,
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowRunTimeout: sweepTimeoutMs(),
    },
  };
}

/** Marks a pause as Purser's, to tell it from an operator's. */
const NOT_POLLED_NOTE = 'paused by Purser: polling of this account is turned off';

/**
 * Makes the Schedules match the accounts: creates missing ones, updates those that differ. Each start of a worker keeps
 * an operator's pause and note. When polling of an account is turned off, its Schedule is paused, since deleting it
 * would delete its history; it continues when polling is turned on again.
 */
export async function applySchedules(
  client: Client,
  accounts: readonly { readonly accountKey: string; readonly isPolled: boolean }[],
  intervalSeconds: number,
): Promise<void> {
  await applySchedule(client, sweepSchedule());
  for (const account of accounts) await applyAccount(client, account, intervalSeconds);
}

/** Makes the Schedule of one account match its row, as {@link applySchedules} does. */
export async function applyAccount(
  client: Client,
  { accountKey, isPolled }: { readonly accountKey: string; readonly isPolled: boolean },
  intervalSeconds: number,
): Promise<void> {
  if (isPolled) await applySchedule(client, pollSchedule(accountKey, intervalSeconds));
  else await pauseSchedule(client, pollScheduleId(accountKey));
}

/** Ends a pause of an account's Schedule, whoever made it; one that is not there yet is made by a worker. */
export async function resumePoll(client: Client, accountKey: string): Promise<void> {
  try {
    const schedule = client.schedule.getHandle(pollScheduleId(accountKey));
    const { state } = await schedule.describe();
    if (state.paused) await schedule.unpause();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

/**
 * Runs the poll of an account now, or right after the present one.
 * @throws CodedError `account.not_polled` · `temporal.unavailable`
 */
export async function triggerPoll(client: Client, accountKey: string): Promise<void> {
  try {
    await client.schedule
      .getHandle(pollScheduleId(accountKey))
      .trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw temporalUnavailable(error);
    throw new CodedError(
      'account.not_polled',
      `No Schedule reads bank account ${accountKey}: check the key, turn on its polling and start a worker.`,
    );
  }
}

/** The accounts that a person paused, and the polled ones whose Schedule is paused or missing. */
export async function listPaused(
  client: Client,
  accounts: readonly {
    readonly accountKey: string;
    readonly isPolled: boolean;
    readonly isPaused: boolean;
  }[],
): Promise<readonly ServiceReport[]> {
  const found: ServiceReport[] = [];
  for (const { accountKey, isPaused, isPolled } of accounts) {
    if (!isPaused && !(isPolled && (await isStopped(client, pollScheduleId(accountKey))))) continue;
    const example = pollScheduleId(accountKey);
    found.push({ kind: 'schedule_paused', subject: accountKey, accountKey, example, count: 1 });
  }
  return found;
}

async function isStopped(client: Client, scheduleId: string): Promise<boolean> {
  try {
    const { state } = await client.schedule.getHandle(scheduleId).describe();
    return state.paused;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return true;
    throw error;
  }
}

async function pauseSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    const schedule = client.schedule.getHandle(scheduleId);
    const { state } = await schedule.describe();
    if (!state.paused) await schedule.pause(NOT_POLLED_NOTE);
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

async function applySchedule(client: Client, options: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const schedule = client.schedule.getHandle(options.scheduleId);
    await schedule.update((previous) => ({
      ...previous,
      spec: options.spec,
      policies: { ...previous.policies, ...options.policies },
      action: options.action,
    }));
    const { state } = await schedule.describe();
    if (state.paused && state.note === NOT_POLLED_NOTE) await schedule.unpause();
  }
}
