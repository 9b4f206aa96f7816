import { log } from '@temporalio/activity';
import { proveDay as prove, type DayProof } from '../app/prove/prove-day.ts';
import { settleByStatement } from '../app/prove/settle-holds.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { endSettled } from './settle-holds.ts';

/**
 * Compares the ledger of an account with its newest statement, once the statement's balance has settled what it can, and
 * raises an alert if they differ.
 */
export async function proveDay(
  dependencies: Pick<ActivityDependencies, 'database' | 'wakeDeposit'>,
  input: { readonly accountKey: string },
): Promise<DayProof> {
  const { database } = dependencies;
  await endSettled(dependencies, await settleByStatement(database, input.accountKey));
  const proof = await prove(database, input.accountKey);
  if (proof.outcome === 'differs') alertDifference(input.accountKey);
  return proof;
}

/** Alerts a person: the ledger of an account differs from the bank. */
export function alertDifference(accountKey: string): void {
  log.error('the ledger differs from the bank', { alert: 'balance_differs', accountKey });
}
