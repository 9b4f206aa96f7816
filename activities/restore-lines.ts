import { heartbeat } from '@temporalio/activity';
import { restoreLine } from '../app/undo/restore-lines.ts';
import { markDispatched } from '../db/queries/deposit-workflows.ts';
import { listRestored } from '../db/queries/line-cases.ts';
import type { ActivityDependencies } from './dependencies.ts';

const LINES_MAX = 500;

/**
 * Re-opens voided deposits whose line has reappeared, and starts their workflows. It may run any number of times; each
 * deposit gets one credit.
 */
export async function restoreLines(
  { database, startDeposit }: Pick<ActivityDependencies, 'database' | 'startDeposit'>,
  input: { readonly accountKey: string },
): Promise<number> {
  const found = await listRestored(database, { ...input, depositId: null, limit: LINES_MAX });
  let restored = 0;
  for (const { depositId } of found) {
    for (const ref of await restoreLine(database, { ...input, depositId })) {
      await startDeposit(ref);
      await markDispatched(database, [depositId]);
      restored += 1;
      heartbeat();
    }
  }
  return restored;
}
