import type { DepositWorkflowRef } from '../domain/ledger/deposit.ts';
import { listHeldByReversals, listProvedSince, listTold } from '../db/queries/rechecks.ts';
import { aFewAtOnce } from './a-few-at-once.ts';
import type { ActivityDependencies } from './dependencies.ts';

const PAGE_SIZE = 500;

type Dependencies = Pick<ActivityDependencies, 'database' | 'wakeDeposit'>;
/** Heartbeats, where the activity has heartbeats. */
type Beat = () => void;

/** Wakes the deposits that waited because an open reversal might have been theirs, and belonged to another deposit. */
export async function wakeHeldByReversals(
  { database, wakeDeposit }: Dependencies,
  accountKey: string,
  beat: Beat,
): Promise<void> {
  const held = await listHeldByReversals(database, { accountKey, limit: PAGE_SIZE });
  await wakeAll(wakeDeposit, held, beat);
}

/** Wakes the deposits that waited for the proof of their statement, which has one by now. */
export async function wakeProved(
  { database, wakeDeposit }: Dependencies,
  accountKey: string,
  beat: Beat,
): Promise<void> {
  const proved = await listProvedSince(database, { accountKey, limit: PAGE_SIZE });
  await wakeAll(wakeDeposit, proved, beat);
}

/** Wakes the deposits in review of an account whose line a read or a person has told more about. */
export async function wakeTold(
  { database, wakeDeposit }: Dependencies,
  accountKey: string,
  beat: Beat,
): Promise<void> {
  await wakeAll(wakeDeposit, await listTold(database, { accountKey, limit: PAGE_SIZE }), beat);
}

function wakeAll(
  wakeDeposit: ActivityDependencies['wakeDeposit'],
  refs: readonly DepositWorkflowRef[],
  beat: Beat,
): Promise<void> {
  return aFewAtOnce(refs, (ref) => wakeDeposit(ref, { reason: 'cause_gone' }), beat);
}
