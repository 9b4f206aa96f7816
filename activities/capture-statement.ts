import { heartbeat } from '@temporalio/activity';
import {
  captureStatement as capture,
  type CaptureStatementInput,
  type CaptureStatementOutput,
} from '../app/statement/capture-statement.ts';
import { noteRunError } from '../db/queries/runs.ts';
import { isCoded } from '../domain/errors.ts';
import type { ActivityDependencies } from './dependencies.ts';

/**
 * Captures a stored statement file; a repeat finds the lines of an earlier attempt known.
 * @throws CodedError `statement.…` if the file is incomplete, not understood, or of another account
 */
export async function captureStatement(
  dependencies: Pick<ActivityDependencies, 'database' | 'clock'>,
  input: CaptureStatementInput,
): Promise<CaptureStatementOutput> {
  // A file of a million entries takes minutes; if the worker dies meanwhile, Temporal misses its heartbeat.
  const beat = setInterval(() => heartbeat(), 5_000);
  try {
    return await capture(dependencies, input);
  } catch (error) {
    // The message says where the file is wrong, never what it holds.
    if (isCoded(error)) {
      await noteRunError(dependencies.database, { runId: input.runId, detail: error.message });
    }
    throw error;
  } finally {
    clearInterval(beat);
  }
}
