import type { Transaction } from '../db/client.ts';
import { actAs, WORKFLOW_ACTOR } from '../db/queries/audit.ts';
import { listOpenDepositWorkflows, markDispatched } from '../db/queries/deposit-workflows.ts';
import { listRestored } from '../db/queries/line-cases.ts';
import { lockDeposits, postJournals } from '../db/queries/settlement.ts';
import { settleRestored } from '../domain/ledger/suspense.ts';
import type { ActivityDependencies } from './dependencies.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';

const LINES_MAX = 500;

/**
 * Lets deposits begin anew that people had taken back because their line had vanished, and whose line the bank shows
 * again: they are captured once more, and go the way of any other. However often it is run, one credit comes of each.
 */
export async function restoreLines(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string },
): Promise<number> {
  const { database } = dependencies;
  const found = await listRestored(database, { ...input, depositId: null, limit: LINES_MAX });
  let restored = 0;
  for (const { depositId } of found) {
    const refs = await database.transaction((tx) => restoreOne(tx, { ...input, depositId }));
    for (const ref of refs) {
      await dependencies.startDeposit(ref);
      await markDispatched(database, [depositId]);
    }
    restored += refs.length;
  }
  return restored;
}

/** How to start its workflow; none where somebody else was first. */
async function restoreOne(
  tx: Transaction,
  line: { readonly accountKey: string; readonly depositId: string },
): Promise<readonly DepositWorkflowRef[]> {
  await actAs(tx, WORKFLOW_ACTOR, null);
  const [deposit] = await lockDeposits(tx, [line.depositId]);
  const [found] = await listRestored(tx, { ...line, limit: 1 });
  if (deposit === undefined || found === undefined) return [];
  await postJournals(tx, [settleRestored(deposit, found.nextGeneration)], 'workflow');
  return listOpenDepositWorkflows(tx, [line.depositId]);
}
