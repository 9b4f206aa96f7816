import { heartbeat } from '@temporalio/activity';
import { creditWaitingPage } from '../app/credit/credit-waiting.ts';
import { listDepositWorkflows } from '../db/queries/deposit-workflows.ts';
import { listWaitingAccounts, markDrained } from '../db/queries/gates.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import { aFewAtOnce } from './a-few-at-once.ts';
import type { ActivityDependencies } from './dependencies.ts';

const PAGE_SIZE = 100;

/**
 * After a gate opens, credits the exact matches that waited behind it, in the order of capture, and wakes each waiting
 * workflow. Safe to run again; it stops if the gate closes meanwhile.
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
      const page = await creditWaitingPage(database, { accountKey, afterId, limit: PAGE_SIZE });
      const last = page.depositIds.at(-1);
      if (last === undefined) break;
      // The gate is closed again: the other deposits stay behind it.
      if (page.gatedIds.length > 0) return { credited, woken };
      afterId = last;
      credited += page.creditedIds.length;
      const refs = await listDepositWorkflows(database, page.depositIds);
      const wake = (ref: DepositWorkflowRef) =>
        dependencies.wakeDeposit(ref, { reason: 'gate_opened' });
      await aFewAtOnce(refs, wake, () => heartbeat(credited));
      woken += refs.length;
      heartbeat(credited);
    }
  }
  await markDrained(database, input.scope);
  return { credited, woken };
}
