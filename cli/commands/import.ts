import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  ApplicationFailure,
} from '@temporalio/client';
import type { Command } from 'commander';
import { parseStatementFile } from '../../bank/statements/parse-statement-file.ts';
import { newId } from '../../db/new-id.ts';
import { insertStatementFile } from '../../db/queries/statements.ts';
import { CodedError, ERROR_CODES, isCoded } from '../../domain/errors.ts';
import {
  importWorkflowId,
  TASK_QUEUE,
  WORKFLOW,
  type RunOutput,
} from '../../workflows/contract.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { findRun, printRun, runToJson } from '../report-run.ts';
import { createTerminal, toJson } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';

export function addImport(program: Command): void {
  program
    .command('import <file>')
    .description('send a statement file through the pipeline, wait, print the summary')
    .requiredOption('--account <key>', 'the bank account that it belongs to')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: { account: string; json?: true }) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      const body = await readFile(file);
      // Read once here, so that a file that is not whole never enters the database.
      await parseStatementFile(once(body)).catch((error: unknown) => {
        if (isCoded(error)) process.exitCode = 2;
        throw error;
      });
      await withDatabase(config, async ({ db }) => {
        const sha256 = createHash('sha256').update(body).digest('hex');
        const { fileId } = await insertStatementFile(db, {
          id: newId('statementFile'),
          accountKey: options.account,
          sha256,
          body,
        });
        terminal.progress(`Importing ${file} into ${options.account}`);
        const output = await runImport(config, { accountKey: options.account, fileId, sha256 });
        const run = await findRun(db, output.runId);
        if (run === null)
          throw new CodedError('internal.unexpected', 'The import left no run behind.');
        terminal.print(options.json ? toJson(runToJson(run)) : printRun(run));
        if (run.errorCode !== null) process.exitCode = 1;
      });
    });
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function runImport(
  config: Parameters<typeof withTemporal>[0],
  file: { readonly accountKey: string; readonly fileId: string; readonly sha256: string },
): Promise<RunOutput> {
  return withTemporal(config, async (client) => {
    const workflowId = importWorkflowId(file.accountKey, file.sha256);
    const input = { accountKey: file.accountKey, fileId: file.fileId };
    try {
      // A file that was imported before may be imported again: it finds everything known.
      const handle = await client.workflow.start(WORKFLOW.importStatement, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return (await handle.result()) as RunOutput;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError)
        return (await client.workflow.getHandle(workflowId).result()) as RunOutput;
      throw explainFailure(error);
    }
  });
}

function explainFailure(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  const cause = error.cause;
  if (!(cause instanceof ApplicationFailure)) return error;
  const code = ERROR_CODES.find((known) => known === cause.type);
  return code === undefined ? error : new CodedError(code, cause.message);
}
