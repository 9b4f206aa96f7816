import { heartbeat } from '@temporalio/activity';
import { listUnprovedAccounts } from '../db/queries/day-proofs.ts';
import { proveLater } from '../app/statement/prove-later.ts';
import { openLineCases } from '../app/capture/open-cases.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { proveDay } from './prove-day.ts';
import { restoreLines } from './restore-lines.ts';
import { pairReversals } from './pair-reversals.ts';
import { wakeProved, wakeTold } from './wake-held.ts';

export interface FollowUpOutput {
  readonly reversed: number;
  readonly returnsPaid: number;
  readonly casesOpened: number;
  /** Deposits that were re-opened because the bank shows their line again. */
  readonly restored: number;
  readonly proof: 'ok' | 'differs' | 'absent' | 'not_due';
}

/**
 * Finishes a read of an account, apart from its deposits: books reversals and paid returns, opens cases for lines that
 * the bank changed, re-opens deposits whose line has reappeared, proves statements that could not be proved when they
 * came, and compares the ledger with a new balance. Safe to run again.
 */
export async function followUp(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string },
): Promise<FollowUpOutput> {
  const { database } = dependencies;
  const { accountKey } = input;
  const reversals = await pairReversals(dependencies, input);
  heartbeat();
  const casesOpened = await openLineCases(database, accountKey);
  heartbeat();
  const restored = await restoreLines(dependencies, input);
  heartbeat();
  // A statement that is proved now states a balance to compare, and one that agrees may prove another.
  await proveLater(database, accountKey);
  const isDue = (await listUnprovedAccounts(database)).includes(accountKey);
  const proof = isDue ? (await proveDay(dependencies, input)).outcome : 'not_due';
  if (proof === 'ok') await proveLater(database, accountKey);
  await wakeProved(dependencies, accountKey, heartbeat);
  await wakeTold(dependencies, accountKey, heartbeat);
  const { paired: reversed, returnsPaid } = reversals;
  return { reversed, returnsPaid, casesOpened, restored, proof };
}
