import type { Database } from '../../db/client.ts';
import { WORKFLOW_ACTOR } from '../../db/queries/audit.ts';
import { expireProposals, refuseOvertaken } from '../../db/queries/decisions.ts';
import { writeAs } from '../write-as.ts';

/** Ends proposals that expired without approval, and decisions whose deposit got its outcome meanwhile. */
export async function endStaleDecisions(database: Database): Promise<void> {
  await writeAs(database, { actor: WORKFLOW_ACTOR, why: null }, async (tx) => {
    await expireProposals(tx, null);
    await refuseOvertaken(tx);
  });
}
