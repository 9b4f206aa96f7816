import { heartbeat } from '@temporalio/activity';
import { creditBacklog, type CreditedBacklog } from '../app/credit/credit-waiting.ts';
import type { ActivityDependencies } from './dependencies.ts';

export type SettleBacklogOutput = CreditedBacklog;

/** Credits every waiting exact match of an account; a repeat takes what an earlier attempt left. */
export async function settleBacklog(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly accountKey: string },
): Promise<SettleBacklogOutput> {
  return creditBacklog(database, input.accountKey, heartbeat);
}
