import { heartbeat } from '@temporalio/activity';
import { creditBacklog, type CreditedBacklog } from '../app/credit/credit-waiting.ts';
import type { ActivityDependencies } from './dependencies.ts';

export type SettleBacklogOutput = CreditedBacklog;

/** Credits every exact match that waits on an account; a repeat finds what an earlier attempt left. */
export async function settleBacklog(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly accountKey: string },
): Promise<SettleBacklogOutput> {
  return creditBacklog(database, input.accountKey, heartbeat);
}
