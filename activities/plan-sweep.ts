import { listBackloggedAccounts } from '../db/queries/deposit-workflows.ts';
import { listUnprovedAccounts } from '../db/queries/day-proofs.ts';
import { listUndrainedGates } from '../db/queries/gates.ts';
import { listAccountsWithReversals } from '../db/queries/reversals.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** The next sweep takes the accounts behind these. */
const ACCOUNTS_MAX = 200;

export interface SweepPlan {
  readonly backlogged: readonly string[];
  readonly gates: readonly string[];
  readonly toFollow: readonly string[];
}

/** The accounts and gates that a sweep finds with work left. */
export async function planSweep(
  { database, settings }: Pick<ActivityDependencies, 'database' | 'settings'>,
  input: { readonly olderThanMs: number },
): Promise<SweepPlan> {
  const { bulkAbove } = settings;
  const toFollow = new Set([
    ...(await listAccountsWithReversals(database)),
    ...(await listUnprovedAccounts(database)),
  ]);
  return {
    backlogged: (await listBackloggedAccounts(database, { ...input, bulkAbove })).slice(
      0,
      ACCOUNTS_MAX,
    ),
    gates: (await listUndrainedGates(database)).slice(0, ACCOUNTS_MAX),
    toFollow: [...toFollow].slice(0, ACCOUNTS_MAX),
  };
}
