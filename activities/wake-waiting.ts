import { activityInfo, heartbeat } from '@temporalio/activity';
import { listLateOwned } from '../db/queries/late-owners.ts';
import { listCauseGone, listTold } from '../db/queries/rechecks.ts';
import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import type { WakeInput } from '../workflows/contract.ts';
import { aFewAtOnce } from './a-few-at-once.ts';
import type { ActivityDependencies } from './dependencies.ts';

const LIMIT = 1_000;
const TOLD_LIMIT = 500;

/**
 * Wakes each deposit whose cause to wait is gone, once, though it may have several. Of `followed` accounts, `followUp` has
 * woken those that were told more about. A later attempt goes on behind the last deposit that its heartbeat names.
 */
export async function wakeWaiting(
  { database, wakeDeposit }: Pick<ActivityDependencies, 'database' | 'wakeDeposit'>,
  input: { readonly followed: readonly string[] },
): Promise<{ readonly woken: number }> {
  const told = await listTold(database, { accountKey: null, limit: TOLD_LIMIT });
  const due = new Map<string, { readonly ref: DepositWorkflowRef; readonly wake: WakeInput }>();
  const add = (refs: readonly DepositWorkflowRef[], reason: WakeInput['reason']) => {
    for (const ref of refs) due.set(ref.depositId, { ref, wake: { reason } });
  };
  add(
    told.filter(({ accountKey }) => !input.followed.includes(accountKey)),
    'cause_gone',
  );
  add(await listCauseGone(database, LIMIT), 'cause_gone');
  add(await listLateOwned(database, { walletId: null, limit: LIMIT }), 'late_owner');
  const after = wokenBefore();
  const rest = [...due.values()]
    .filter(({ ref }) => ref.depositId > after)
    .sort((a, b) => (a.ref.depositId < b.ref.depositId ? -1 : 1));
  await aFewAtOnce(
    rest,
    ({ ref, wake }) => wakeDeposit(ref, wake),
    ({ ref }) => heartbeat(ref.depositId),
  );
  return { woken: rest.length };
}

function wokenBefore(): string {
  const details: unknown = activityInfo().heartbeatDetails;
  return typeof details === 'string' ? details : '';
}
