import { heartbeat } from '@temporalio/activity';
import { listDepositWorkflows } from '../db/queries/deposit-workflows.ts';
import { listWaitingAccounts, markDrained } from '../db/queries/gates.ts';
import { publishNotifications } from '../db/queries/publication.ts';
import { lockWaitingDeposits } from '../db/queries/settlement.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { creditDeposits } from '../app/credit/credit-deposits.ts';

const PAGE_SIZE = 100;

/**
 * Lets go what waited behind a gate that was opened: credits every exact match in the order of capture, hundreds a minute,
 * and has each waiting workflow look again. Safe to run again; a gate that was closed meanwhile stops it.
 */
export async function drainGate(
  dependencies: ActivityDependencies,
  input: { readonly scope: string },
): Promise<{ readonly credited: number; readonly woken: number }> {
  const { database } = dependencies;
  let [credited, woken] = [0, 0];
  for (const accountKey of await listWaitingAccounts(database, input.scope)) {
    let afterId = '';
    for (;;) {
      const page = await database.transaction(async (tx) => {
        const query = { accountKey, afterId, limit: PAGE_SIZE };
        const waiting = await lockWaitingDeposits(tx, query);
        const settled = await creditDeposits(tx, waiting, 'backlog');
        await publishNotifications(tx, settled.creditedIds);
        return { ids: waiting.map(({ depositId }) => depositId), settled };
      });
      const last = page.ids.at(-1);
      if (last === undefined) break;
      // The gate is closed again: the rest waits on.
      if (page.settled.gatedIds.length > 0) return { credited, woken };
      afterId = last;
      credited += page.settled.creditedIds.length;
      for (const ref of await listDepositWorkflows(database, page.ids)) {
        await dependencies.wakeDeposit(ref, { reason: 'gate_opened' });
        woken += 1;
      }
      heartbeat(credited);
    }
  }
  await markDrained(database, input.scope);
  return { credited, woken };
}
