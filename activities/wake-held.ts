import { listHeldByReversals, listProvedSince, listTold } from '../db/queries/rechecks.ts';
import type { ActivityDependencies } from './dependencies.ts';

const PAGE_SIZE = 500;

/** Wakes the deposits that waited because an open reversal might have been theirs, and belonged to another deposit. */
export async function wakeHeldByReversals(
  { database, wakeDeposit }: Pick<ActivityDependencies, 'database' | 'wakeDeposit'>,
  accountKey: string,
): Promise<void> {
  for (const ref of await listHeldByReversals(database, { accountKey, limit: PAGE_SIZE }))
    await wakeDeposit(ref, { reason: 'cause_gone' });
}

/** Wakes the deposits that waited for the proof of their statement, which has one by now. */
export async function wakeProved(
  { database, wakeDeposit }: Pick<ActivityDependencies, 'database' | 'wakeDeposit'>,
  accountKey: string,
): Promise<number> {
  const proved = await listProvedSince(database, { accountKey, limit: PAGE_SIZE });
  for (const ref of proved) await wakeDeposit(ref, { reason: 'cause_gone' });
  return proved.length;
}

/** Wakes the deposits in review whose line a read or a person has told more about, of an account or of all. */
export async function wakeTold(
  { database, wakeDeposit }: Pick<ActivityDependencies, 'database' | 'wakeDeposit'>,
  accountKey: string | null,
): Promise<void> {
  for (const ref of await listTold(database, { accountKey, limit: PAGE_SIZE }))
    await wakeDeposit(ref, { reason: 'cause_gone' });
}
