import { ApplicationFailureCategory } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { lastWindowStartsMs } from '../domain/run-times.ts';
import { bankCalls, batches, records } from './activity-options.ts';
import { awaitDeposits } from './await-deposits.ts';
import { runIdOf, type ReconcileInput, type RunOutput } from './contract.ts';
import { dispatchDeposits } from './dispatch-deposits.ts';
import { needTexts } from './read-input.ts';
import { recordingCancellation } from './record-end.ts';
import { sealAuditTrail } from './seal-audit.ts';

/** An account far behind reads at most this many windows in a run; the next tick continues. */
const WINDOWS_MAX = 12;

type Found = Pick<RunOutput, 'linesSeen' | 'linesNew' | 'depositsNew'>;
type Input = ReconcileInput & { readonly found?: Found };

/**
 * One reconciliation pass over one bank account: read and capture its next window, give each deposit its workflow, wait
 * until they have left `captured`, book reversals, record the run. `found` is carried over when the pass continues as
 * new.
 */
export async function reconcile(input: Input): Promise<RunOutput> {
  needTexts(input, 'accountKey');
  const runId = runIdOf(workflowInfo().firstExecutionRunId);
  const of = { accountKey: input.accountKey, kind: 'poll' } as const;
  return recordingCancellation({ runId, of }, () => readAndRecord(input, runId));
}

async function readAndRecord(input: Input, runId: string): Promise<RunOutput> {
  const { accountKey } = input;
  const found = input.found ?? (await fetchOrRecord(accountKey, runId));
  if (!(await dispatchDeposits(accountKey))) {
    return continueAsNew<typeof reconcile>({ accountKey, found });
  }
  await awaitDeposits(runId);
  await batches.followUp({ accountKey });
  const { stillCaptured } = await records.recordRun({ runId, errorCode: null });
  await sealAuditTrail();
  return { runId, ...found, stillCaptured };
}

/** If the bank cannot be read, that is the run's outcome; known deposits are still processed. */
async function fetchOrRecord(accountKey: string, runId: string): Promise<Found> {
  try {
    return await fetchWindows(accountKey, runId);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const errorCode = codeOf(error);
    await dispatchDeposits(accountKey);
    await records.recordRun({ runId, errorCode, of: { accountKey, kind: 'poll' } });
    throw ApplicationFailure.create({
      type: errorCode,
      message: 'The bank account could not be read; the next run tries again.',
      nonRetryable: true,
      category: ApplicationFailureCategory.BENIGN,
    });
  }
}

async function fetchWindows(accountKey: string, runId: string): Promise<Found> {
  const { runStartTime, runTimeoutMs } = workflowInfo();
  const until = runStartTime.getTime() + lastWindowStartsMs(runTimeoutMs);
  let found: Found = { linesSeen: 0, linesNew: 0, depositsNew: 0 };
  for (let window = 0; window < WINDOWS_MAX; window += 1) {
    const read = await bankCalls.fetchLines({ accountKey, runId });
    found = {
      linesSeen: found.linesSeen + read.linesSeen,
      linesNew: found.linesNew + read.linesNew,
      depositsNew: found.depositsNew + read.depositsNew,
    };
    if (read.caughtUp || Date.now() >= until) break;
  }
  return found;
}

function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type ? cause.type : 'bank.unavailable';
}
