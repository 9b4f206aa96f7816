import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Ends the workflows of the deposits that a balance took off the books. */
export async function endSettled(
  { wakeDeposit }: Pick<ActivityDependencies, 'wakeDeposit'>,
  settled: readonly DepositWorkflowRef[],
): Promise<void> {
  for (const ref of settled) await wakeDeposit(ref, { reason: 'settled_elsewhere' });
}
