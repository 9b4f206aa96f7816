import type { Database } from '../../db/client.ts';
import { WORKFLOW_ACTOR } from '../../db/queries/audit.ts';
import { listOpenDepositWorkflows } from '../../db/queries/deposit-workflows.ts';
import { listRestored } from '../../db/queries/line-cases.ts';
import { lockDeposits, postJournals } from '../../db/queries/settlement.ts';
import type { DepositWorkflowRef } from '../../domain/ledger/deposit.ts';
import { settleRestored } from '../../domain/ledger/suspense.ts';
import { writeAs } from '../write-as.ts';

/**
 * Re-opens a voided deposit whose line has reappeared: it is captured again and processed like any other. Answers its
 * new workflow, or nothing if another run was first.
 */
export function restoreLine(
  database: Database,
  line: { readonly accountKey: string; readonly depositId: string },
): Promise<readonly DepositWorkflowRef[]> {
  return writeAs(database, { actor: WORKFLOW_ACTOR, why: null }, async (tx) => {
    const [deposit] = await lockDeposits(tx, [line.depositId]);
    const [found] = await listRestored(tx, { ...line, limit: 1 });
    if (deposit === undefined || found === undefined) return [];
    await postJournals(tx, [settleRestored(deposit, found.nextGeneration)], 'workflow');
    return listOpenDepositWorkflows(tx, [line.depositId]);
  });
}
