import {
  ActivityFailure,
  ApplicationFailure,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import { batches, records, statements } from './activity-options.ts';
import { awaitDeposits } from './await-deposits.ts';
import { runIdOf, type ImportStatementInput, type RunOutput } from './contract.ts';
import { dispatchDeposits } from './dispatch-deposits.ts';
import { needTexts } from './read-input.ts';
import { recordingCancellation } from './record-end.ts';
import { sealAuditTrail } from './seal-audit.ts';

type Captured = Pick<RunOutput, 'linesSeen' | 'linesNew' | 'depositsNew'> & {
  readonly proofsFailed: number;
};

type Input = ImportStatementInput & { readonly captured?: Captured };
type Output = RunOutput & { readonly proofsFailed: number };

/** Processes one stored statement file with the same capture, deposits and run as the poller. */
export async function importStatement(input: Input): Promise<Output> {
  needTexts(input, 'accountKey', 'fileId');
  const runId = runIdOf(workflowInfo().firstExecutionRunId);
  const of = { accountKey: input.accountKey, kind: 'import' } as const;
  return recordingCancellation({ runId, of }, () => captureAndRecord(input, runId));
}

async function captureAndRecord(input: Input, runId: string): Promise<Output> {
  const { accountKey, fileId } = input;
  const captured = input.captured ?? (await captureOrRecord({ accountKey, fileId, runId }));
  if (!(await dispatchDeposits(accountKey))) {
    return continueAsNew<typeof importStatement>({ accountKey, fileId, captured });
  }
  await awaitDeposits(runId);
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
        of: { accountKey: input.accountKey, kind: 'import' },
      });
      throw error.cause;
    }
    throw error;
  }
}
