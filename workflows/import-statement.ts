import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import { batches, records, statements, waiting } from './activity-options.ts';
import { runIdOf, type ImportStatementInput, type RunOutput } from './contract.ts';
import { dispatchDeposits } from './dispatch-deposits.ts';
import { sealAuditTrail } from './seal-audit.ts';
import { needTexts } from './read-input.ts';

const WAIT_MS_MAX = 60_000;

type Captured = Pick<RunOutput, 'linesSeen' | 'linesNew' | 'depositsNew'> & {
  readonly proofsFailed: number;
};

/** Processes one stored statement file with the same capture, deposits and run as the poller. */
export async function importStatement(
  input: ImportStatementInput & { readonly captured?: Captured },
): Promise<RunOutput & { readonly proofsFailed: number }> {
  needTexts(input, 'accountKey', 'fileId');
  const { accountKey, fileId } = input;
  const runId = runIdOf(workflowInfo().firstExecutionRunId);
  const captured = input.captured ?? (await captureOrRecord({ accountKey, fileId, runId }));
  if (!(await dispatchDeposits(accountKey))) {
    return continueAsNew<typeof importStatement>({ accountKey, fileId, captured });
  }
  await waiting.awaitDeposits({ runId, atMostMs: WAIT_MS_MAX });
  await batches.followUp({ accountKey });
  const errorCode = captured.proofsFailed > 0 ? 'statement.proof_failed' : null;
  const { stillCaptured } = await records.recordRun({ runId, errorCode });
  await sealAuditTrail();
  return { runId, ...captured, stillCaptured };
}

async function captureOrRecord(input: {
  accountKey: string;
  fileId: string;
  runId: string;
}): Promise<Captured> {
  try {
    return await statements.captureStatement(input);
  } catch (error) {
    if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) {
      await records.recordRun({
        runId: input.runId,
        errorCode: error.cause.type ?? 'internal.unexpected',
      });
      throw error.cause;
    }
    throw error;
  }
}
