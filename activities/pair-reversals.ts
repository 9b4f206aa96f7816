import { heartbeat } from '@temporalio/activity';
import { noteReversals, pairOneReversal, type PairingOutcome } from '../app/undo/pair-reversals.ts';
import type { AccountContext } from '../domain/ledger/reversal.ts';
import { listWaitingReversals, readAccountContext } from '../db/queries/reversals.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { wakeHeldByReversals } from './wake-held.ts';

const PAGE_SIZE = 500;

export interface PairReversalsOutput {
  readonly paired: number;
  readonly returnsPaid: number;
  readonly waiting: number;
  readonly unpaired: number;
}

/**
 * Finds the debit lines by which the bank reverses deposits or pays returns out, pairs each with its deposit, books it
 * in its own transaction, and wakes the workflows that it affects.
 */
export async function pairReversals(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string },
): Promise<PairReversalsOutput> {
  const { database } = dependencies;
  const { accountKey } = input;
  while (await noteReversals(database, accountKey)) heartbeat();
  const counts: Record<PairingOutcome, number> = {
    paired: 0,
    return_paid: 0,
    waiting: 0,
    unpaired: 0,
  };
  let afterId = '0';
  for (;;) {
    const page = await listWaitingReversals(database, { accountKey, afterId, limit: PAGE_SIZE });
    if (page.length === 0) break;
    const context = await readAccountContext(database, accountKey);
    for (const lineId of page) {
      counts[await pairAndWake(dependencies, { accountKey, lineId, context })] += 1;
      heartbeat();
    }
    afterId = page.at(-1) ?? afterId;
  }
  const { paired, return_paid: returnsPaid, waiting, unpaired } = counts;
  return { paired, returnsPaid, waiting, unpaired };
}

async function pairAndWake(
  dependencies: ActivityDependencies,
  about: {
    readonly accountKey: string;
    readonly lineId: string;
    readonly context: AccountContext;
  },
): Promise<PairingOutcome> {
  const { accountKey, lineId, context } = about;
  const { open, outcome } = await pairOneReversal(
    dependencies.database,
    accountKey,
    lineId,
    context,
  );
  for (const ref of open) await dependencies.wakeDeposit(ref, { reason: 'settled_elsewhere' });
  if (outcome === 'paired') await wakeHeldByReversals(dependencies, accountKey, heartbeat);
  return outcome;
}
