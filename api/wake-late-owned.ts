import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import type { ApiDeps } from './deps.ts';

/** Has reviews look again whose owner has come; where Temporal cannot be reached, the sweep does it. */
export async function wakeLateOwned(
  deps: ApiDeps,
  late: readonly DepositWorkflowRef[],
): Promise<void> {
  for (const ref of late) await deps.temporal.wakeDeposit(ref, { reason: 'late_owner' });
}
