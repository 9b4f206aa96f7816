import { log } from '@temporalio/activity';
import { proveDay as prove, type DayProof } from '../app/prove/prove-day.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Compares the ledger of an account with its newest statement, and raises an alert if they differ. */
export async function proveDay(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly accountKey: string },
): Promise<DayProof> {
  const proof = await prove(database, input.accountKey);
  if (proof.outcome === 'differs') alertDifference(input.accountKey);
  return proof;
}

/** Alerts a person: the ledger of an account differs from the bank. */
export function alertDifference(accountKey: string): void {
  log.error('the ledger differs from the bank', { alert: 'balance_differs', accountKey });
}
