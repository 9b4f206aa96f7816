import type { Dispatch } from '../db/queries/dispatch.ts';
import type { ApiDeps } from './deps.ts';

/** Has reviews look again whose owner has come; where Temporal cannot be reached, the sweep does it. */
export async function wakeLateOwned(deps: ApiDeps, late: readonly Dispatch[]): Promise<void> {
  for (const dispatch of late) await deps.temporal.wakeDeposit(dispatch, { reason: 'late_owner' });
}
