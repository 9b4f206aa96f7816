import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { records } from './activity-options.ts';

/** The run that a workflow records. */
interface RunOf {
  readonly runId: string;
  readonly of: { readonly accountKey: string; readonly kind: 'poll' | 'import' };
}

/** Does the work of a run; a person who cancels it finds that in its row. */
export async function recordingCancellation<T>(run: RunOf, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error))
      await CancellationScope.nonCancellable(() =>
        records.recordRun({ ...run, errorCode: 'run.cancelled' }),
      );
    throw error;
  }
}
