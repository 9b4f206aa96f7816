import {
  countUndispatched,
  listUndispatched,
  markDispatched as markRowsDispatched,
} from '../db/queries/deposit-workflows.ts';
import type { ActivityDependencies } from './dependencies.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';

/** Chooses the lane for the waiting deposits of an account. */
export async function planDispatch(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string },
): Promise<{ readonly waiting: number; readonly lane: 'workflow' | 'backlog' }> {
  const waiting = await countUndispatched(dependencies.database, input.accountKey);
  return { waiting, lane: waiting > dependencies.settings.bulkAbove ? 'backlog' : 'workflow' };
}

/**
 * The next deposits that need a workflow. It locks nothing: a second claim finds the same rows, and starts are
 * idempotent.
 */
export async function claimUndispatched(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string; readonly limit: number },
): Promise<readonly DepositWorkflowRef[]> {
  return listUndispatched(dependencies.database, input.accountKey, input.limit);
}

/** Records that these deposits have their workflows. */
export async function markDispatched(
  dependencies: ActivityDependencies,
  input: { readonly depositIds: readonly string[] },
): Promise<void> {
  await markRowsDispatched(dependencies.database, input.depositIds);
}
